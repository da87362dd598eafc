// Links: what the address leads to, and an address that follows the reader.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { violations } from "../lib/axe.mjs";
import { idle, watch } from "../lib/idle.mjs";
import { looks, open, start } from "../lib/lab.mjs";

let lab;
before(async () => {
  lab = await start();
});
after(() => lab.close());

const fragment = (page) => page.evaluate(() => location.hash);
const goTo = (page, hash) => page.evaluate((hash) => (location.hash = hash), hash);
const stands = (page) => page.locator(".copy-link").waitFor();

test("a link opens a scenario where it says, in its language and theme", async () => {
  const { page, errors, close } = await open(lab, { search: "#/lab?flushDiskType=SYNC_FLUSH&do=0:send*1&at=30&lang=zh&theme=dark" });
  await stands(page);
  assert.equal(await page.evaluate(() => document.documentElement.lang), "zh-Hans");
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  await page.locator(".ledger .msg", { hasText: "m1" }).first().waitFor();
  assert.equal(await page.locator(".clock b").innerText(), "0.030 s");
  assert.deepEqual(errors, []);
  await close();
});

test("the address follows what is done, opens the same again, and nothing runs for it", async () => {
  const { page, errors, close } = await open(lab, { init: watch });
  await stands(page);
  assert.equal(await fragment(page), "", "untouched, the address stays as it was");
  await page.locator(".send").click();
  await page.locator(".play use[href='#i-pause']").waitFor();
  await page.locator(".play").click();
  await page.waitForFunction(() => location.hash.includes("send*1"));
  const [hash, clock] = [await fragment(page), await page.locator(".clock b").innerText()];
  assert.deepEqual(await idle(page, { settleMs: 600 }), { frames: 0, timers: 0 });
  const again = await open(lab, { search: hash });
  await stands(again.page);
  assert.equal(await again.page.locator(".clock b").innerText(), clock);
  assert.deepEqual([...errors, ...again.errors], []);
  await again.close();
  await close();
});

test("an address that is edited leads there, too", async () => {
  const { page, close } = await open(lab);
  await stands(page);
  await goTo(page, "#/lab?scenario=crash-async-flush&step=3");
  await page.locator(".ledger .msg", { hasText: "m1" }).first().waitFor();
  await close();
});

test("the button copies a link to this moment", async () => {
  const { page, close } = await open(lab, { permissions: ["clipboard-read", "clipboard-write"] });
  await page.locator(".copy-link").click();
  await page.getByRole("status").filter({ hasText: "Link copied" }).waitFor({ state: "attached" });
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^http:\/\/127\.0\.0\.1:\d+\/#\/lab\?profile=5\.3&lang=en/);
  await close();
});

for (const [name, hash] of [
  ["a view that does not exist", "#/nowhere?lang=en"],
  ["a key that does not exist", "#/lab?flushDiskTyp=SYNC_FLUSH"],
  ["a scenario that does not exist", "#/lab?scenario=../../etc/passwd"],
  ["a scenario of no library", "#/lab?scenario=no-such"],
  ["a script", "#/lab?select=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"],
  ["bytes that are no text", "#/lab?lang=%FF%FE"],
  ["a packed scenario without its end", "#/lab?s=1.AAAAAAA"],
  ["a later version", "#/lab?s=9.AAAA"],
  ["far too long", `#/lab?s=1.${"A".repeat(40_000)}`],
]) {
  test(`a bad link leaves a healthy lab and says what is wrong: ${name}`, async () => {
    const { page, errors, close } = await open(lab, { search: hash });
    let ran = false;
    page.on("dialog", () => (ran = true));
    await page.locator(".bad-link li").first().waitFor();
    assert.deepEqual(await violations(page), []);
    await page.locator(".send").click();
    await page.locator(".ledger .msg", { hasText: "m1" }).first().waitFor();
    await page.locator(".bad-link button").click();
    assert.equal(await page.locator(".bad-link").count(), 0);
    assert.equal(ran, false);
    assert.deepEqual(errors, []);
    await close();
  });
}

test("what is wrong with a link is read in every look", async () => {
  for (const look of looks) {
    const { page, errors, close } = await open(lab, { ...look, hash: "#/lab?flushDiskTyp=SYNC_FLUSH" });
    await page.locator(".bad-link li").first().waitFor();
    assert.deepEqual(await violations(page), [], look.name);
    assert.equal(await page.evaluate(() => document.querySelector(".bad-link").scrollWidth > document.querySelector(".bad-link").clientWidth), false, look.name);
    assert.deepEqual(errors, []);
    await close();
  }
});
