// Opens the lab the way a reader would, and collects what must not happen: errors, and requests elsewhere.

import { launch } from "./browser.mjs";
import { serve } from "./server.mjs";

export const languages = ["en", "zh"];
export const themes = ["light", "dark"];
export const widths = [1280, 390];

/** Every combination of language, theme and width, with a name for a test or a file. */
export const looks = languages.flatMap((lang) =>
  themes.flatMap((theme) => widths.map((width) => ({ lang, theme, width, name: `${width} ${theme} ${lang}` }))),
);

/** A browser and a server, once per test file. */
export async function start() {
  const [browser, server] = await Promise.all([launch(), serve()]);
  return {
    browser,
    server,
    close: () => Promise.all([browser.close(), server.close()]),
  };
}

/**
 * A fresh page (nothing remembered from another test) on which the lab has mounted.
 *
 * @param lab what `start` returned
 * @param options `lang`, `theme`: as the address says them; `width`, `height`: of the window;
 *   `search`, `hash`: more of the address ("&x=y", "#/fidelity"); `init`: runs in the page before anything else;
 *   `at`: another page than the served one; `keeps`: whether it may keep itself for when there is no network;
 *   `waitForMount`: false to look at the page before the app;
 *   anything else goes to Playwright's `newContext` (reducedMotion, javaScriptEnabled, …)
 * @returns the Playwright page, and `errors` and `foreign`, both of which tests want empty
 */
export async function open(lab, options = {}) {
  const { lang = "en", theme = "light", width = 1280, height = 900, search = "", hash = "", init, waitForMount = true, server = lab.server, at = server.url, keeps = false, ...context } = options;
  const serviceWorkers = keeps ? "allow" : "block";
  const visit = await lab.browser.newContext({ viewport: { width, height }, serviceWorkers, ...context });
  const page = await visit.newPage();
  const errors = [];
  const foreign = [];
  page.on("console", (message) => {
    // Playwright says so itself where it keeps the worker away.
    if (message.text().startsWith("Service Worker registration blocked")) return;
    if (message.type() === "error" || message.type() === "warning") errors.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => errors.push(`${error}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(at) && !url.startsWith("data:")) foreign.push(url);
  });
  if (init) await page.addInitScript(init);
  await page.goto(`${at}?lang=${lang}&theme=${theme}${search}${hash}`);
  if (waitForMount) await mounted(page);
  return { page, errors, foreign, close: () => visit.close() };
}

/** The app stands, and the poster is gone. */
export async function mounted(page) {
  await page.waitForSelector("#app > *", { state: "attached" });
  await page.waitForSelector("#poster", { state: "detached" });
}
