// The deck as a host serves it: its own two files, and reveal.js beside them.

import { cp } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const [to] = process.argv.slice(2);
for (const name of ["index.html", "deck.js"]) await cp(new URL(name, import.meta.url), `${to}/${name}`);
await cp(dirname(fileURLToPath(import.meta.resolve("reveal.js"))), `${to}/reveal.js`, { recursive: true });
