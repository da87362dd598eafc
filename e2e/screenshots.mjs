// Writes docs/screenshots from dist/: every view at 1440 and 390 px, in both themes and languages.

import { mkdir } from "node:fs/promises";

import { languages, open, start, themes } from "./lib/lab.mjs";
import { views } from "./lib/views.mjs";

const folder = "docs/screenshots";
await mkdir(folder, { recursive: true });
const lab = await start();
for (const view of views) {
  for (const lang of languages) {
    for (const theme of themes) {
      for (const [width, height] of [[1440, 900], [390, 844]]) {
        const { page, close } = await open(lab, { lang, theme, width, height, reducedMotion: "reduce" });
        await view.arrange(page);
        // The phone's page is one long column: all of it. The laptop's picture is what one sees without scrolling.
        await page.screenshot({ path: `${folder}/${view.name}-${width}-${theme}-${lang}.png`, fullPage: width === 390 });
        await close();
      }
    }
  }
}
await lab.close();
