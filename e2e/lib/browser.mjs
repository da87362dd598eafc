// Starts the browser that xtask found (CHROME_PATH), or Playwright's own.

import { chromium } from "playwright-core";

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROME_PATH || undefined,
    args: ["--disable-gpu", "--disable-quic"],
  });
}
