// Writes docs/screenshots from dist/: every view at 1440 and 390 px, in both themes and languages. And from target/sites: two embeds
// in a page of documentation.

import { mkdir } from "node:fs/promises";

import { languages, open, start, themes } from "./lib/lab.mjs";
import { serve } from "./lib/server.mjs";
import { views } from "./lib/views.mjs";

const widths = [[1440, 900], [390, 844]];
const folder = "docs/screenshots";
await mkdir(folder, { recursive: true });
const lab = await start();
for (const view of views) {
  for (const lang of languages) {
    for (const theme of themes) {
      for (const [width, height] of widths) {
        const { page, close } = await open(lab, { lang, theme, width, height, reducedMotion: "reduce" });
        await view.arrange(page);
        // The phone's page is one long column: all of it. The laptop's picture is what one sees without scrolling.
        await page.screenshot({ path: `${folder}/${view.name}-${width}-${theme}-${lang}.png`, fullPage: width === 390 });
        await close();
      }
    }
  }
}

const site = await serve("target/sites/vitepress");
for (const [lang, path] of [["zh", ""], ["en", "en/"]]) {
  for (const theme of themes) {
    for (const [width, height] of widths) {
      const visit = await lab.browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: "reduce" });
      const page = await visit.newPage();
      await page.goto(`${site.url}handbook/${path}`);
      for (const element of await page.locator("loss-lab").all()) {
        await element.scrollIntoViewIfNeeded();
        await element.frameLocator("iframe").locator(".embed-bar").waitFor();
      }
      await page.evaluate(() => scrollTo(0, 0));
      await page.screenshot({ path: `${folder}/two-embeds-${width}-${theme}-${lang}.png`, fullPage: true });
      await visit.close();
    }
  }
}
await Promise.all([lab.close(), site.close()]);
