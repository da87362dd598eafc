// The page as a page: it mounts, says so when it cannot, and paints before it can.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { dist, serve } from "../lib/server.mjs";
import { looks, open, start } from "../lib/lab.mjs";

let lab;
before(async () => {
  lab = await start();
});
after(() => lab.close());

describe("the page mounts without a word in the console", () => {
  for (const look of looks) {
    test(look.name, async () => {
      const { page, errors, foreign, close } = await open(lab, look);
      assert.deepEqual(errors, []);
      assert.deepEqual(foreign, []);
      assert.equal(await page.locator("html").getAttribute("lang"), look.lang === "zh" ? "zh-Hans" : "en");
      assert.equal(await page.locator("html").getAttribute("data-theme"), look.theme);
      await close();
    });
  }
});

test("nothing needs a sideways scroll of the whole page, down to 320 px", async () => {
  for (const width of [320, 390, 768, 1024, 1440]) {
    const { page, close } = await open(lab, { width });
    const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(content <= window, `${content} px of content in ${window} px`);
    await close();
  }
});

test("language and theme follow the browser when the address says nothing", async () => {
  const visit = await lab.browser.newContext({ locale: "zh-CN", colorScheme: "dark" });
  const page = await visit.newPage();
  await page.goto(lab.server.url);
  assert.equal(await page.locator("html").getAttribute("lang"), "zh-Hans");
  const [red] = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number));
  assert.ok(red < 64, "a dark ground");
  await visit.close();
});

test("without JavaScript the poster stands and both languages say why", async () => {
  const { page, close } = await open(lab, { javaScriptEnabled: false, waitForMount: false });
  assert.ok(await page.locator("#poster svg.wide").isVisible());
  const words = await page.locator("#poster").innerText();
  assert.match(words, /JavaScript to be allowed/);
  assert.match(words, /需要允许 JavaScript/);
  await close();
});

test("without its wasm the poster stands and the page says so, in its language", async () => {
  const server = await serve(dist, { missing: ["/loss-lab-app_bg.wasm"] });
  for (const [lang, words] of [
    ["en", /could not start/],
    ["zh", /无法启动/],
  ]) {
    const { page, close } = await open(lab, { server, lang, waitForMount: false });
    await page.locator("#failed p").waitFor();
    assert.match(await page.locator("#failed").innerText(), words);
    assert.ok(await page.locator("#poster svg.wide").isVisible());
    await close();
  }
  await server.close();
});

test("without the second wasm file the page works, and offers to fetch it again", async () => {
  const second = "/loss-lab-app_later.wasm";
  const missing = [second];
  const server = await serve(dist, { missing });
  for (const [lang, words] of [
    ["en", "Try again"],
    ["zh", "重试"],
  ]) {
    const { page, close } = await open(lab, { server, lang });
    await page.keyboard.press("s");
    await page.locator(".why-line").getByText("SEND_OK").first().waitFor();
    const again = page.locator(".missing").getByRole("button", { name: words });
    await again.first().waitFor();
    missing.pop();
    await again.first().click();
    await page.locator(".why-ask").waitFor();
    missing.push(second);
    await close();
  }
  await server.close();
});

test("without WebAssembly the page says so", async () => {
  const init = () => delete globalThis.WebAssembly;
  const { page, close } = await open(lab, { init, waitForMount: false });
  await page.locator("#failed p").waitFor();
  assert.match(await page.locator("#failed").innerText(), /no WebAssembly/);
  await close();
});

test("what an event does not change is not written again", async () => {
  const { page, close } = await open(lab, { reducedMotion: "reduce" });
  await page.locator(".send").click();
  await page.locator(".play").click();
  await page.keyboard.press("Home");
  await page.evaluate(() => {
    globalThis.__same = [];
    const watch = new MutationObserver((all) => {
      for (const { target, attributeName: name, oldValue } of all) {
        if (target.getAttribute(name) === oldValue) globalThis.__same.push(`${target.className?.baseVal ?? target.className} ${name}`);
      }
    });
    watch.observe(document.querySelector("main"), { subtree: true, attributeOldValue: true });
  });
  for (let step = 0; step < 8; step += 1) await page.keyboard.press("ArrowRight");
  // Leptos writes by itself what its elements have methods for.
  const same = await page.evaluate(() => globalThis.__same.filter((one) => !/ (style|type|scope|value|href|min|max)$/.test(one)));
  assert.deepEqual(same, []);
  await close();
});
