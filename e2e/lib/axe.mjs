// axe-core on the page as it stands.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const source = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

/**
 * What axe objects to, one sentence each. Runs through the debugger, so the page's own policy stays on.
 *
 * @param within only this, and not what is in its frames: the rest of somebody else's page is theirs
 */
export async function violations(page, within) {
  await page.evaluate(source);
  const found = await page.evaluate((within) => globalThis.axe.run(within ?? document, { resultTypes: ["violations"], iframes: !within }), within);
  return found.violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${rule.help} — ${node.target.join(" ")} — ${node.failureSummary}`),
  );
}
