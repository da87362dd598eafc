// The status cards: explained, shown, collected. By mouse, by keyboard, by touch.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { violations } from "../lib/axe.mjs";
import { open, start } from "../lib/lab.mjs";

let lab;

before(async () => {
  lab = await start();
});
after(() => lab.close());

async function visit(options, story) {
  const { page, errors, foreign, close } = await open(lab, options);
  await story(page);
  assert.deepEqual(errors, []);
  assert.deepEqual(foreign, []);
  await close();
}

const phone = { width: 390, height: 844, hasTouch: true, isMobile: true };
const row = (page, status) => page.locator(".card li", { has: page.locator(".what", { hasText: new RegExp(`^${status}$`) }) });
const what = (page, status) => row(page, status).locator(".what");
const seen = (page) => page.locator(".status .panel-head p").innerText();

/** Plays to the moment, at the greatest speed: the value is lit and the run stands still. */
async function showMe(page, status) {
  await page.getByRole("button", { name: `show me ${status}`, exact: true }).click();
  for (let times = 0; times < 4; times += 1) await page.keyboard.press("+");
  await page.locator(".card li.now", { has: page.locator(".what", { hasText: new RegExp(`^${status}$`) }) }).waitFor({ timeout: 60_000 });
  await page.locator(".play use[href='#i-play']").waitFor();
}

const reached = [
  "SEND_OK",
  "FLUSH_DISK_TIMEOUT",
  "FLUSH_SLAVE_TIMEOUT",
  "SLAVE_NOT_AVAILABLE",
  "FOUND",
  "NO_MATCHED_MESSAGE",
  "MESSAGE_WAS_REMOVING",
  "OFFSET_FOUND_NULL",
  "OFFSET_OVERFLOW_BADLY",
  "OFFSET_OVERFLOW_ONE",
  "OFFSET_TOO_SMALL",
  "NO_MESSAGE_IN_QUEUE",
  "OFFSET_RESET",
  "CONSUME_SUCCESS",
  "RECONSUME_LATER",
  "SUCCESS",
  "SUSPEND_CURRENT_QUEUE_A_MOMENT",
  "COMMIT",
  "ROLLBACK",
];

test("each status that a real broker can give is reached and collected; the twentieth says why it never is", async () => {
  await visit({ reducedMotion: "reduce" }, async (page) => {
    assert.equal(await seen(page), "0 of 20 seen");
    for (const status of reached) await showMe(page, status);
    assert.equal(await seen(page), "19 of 20 seen");
    assert.equal(await row(page, "NO_MATCHED_LOGIC_QUEUE").locator(".show").count(), 0);
    await what(page, "NO_MATCHED_LOGIC_QUEUE").click();
    assert.match(await page.locator(".explained").innerText(), /No real broker gives it/);
  });
});

test("a status that only one version gives is shown under its rules", async () => {
  await visit({ reducedMotion: "reduce" }, async (page) => {
    await showMe(page, "SLAVE_NOT_AVAILABLE");
    assert.match(await page.locator(".conf-sum").innerText(), /4\.9\.8/);
    assert.match(await page.locator(".scenario select").evaluate((list) => list.selectedOptions[0].textContent), /^SLAVE_NOT_AVAILABLE/);
    await showMe(page, "OFFSET_RESET");
    assert.match(await page.locator(".conf-sum").innerText(), /5\.3\.3/);
  });
});

test("a value explains itself, and no more when it is clicked again", async () => {
  await visit({}, async (page) => {
    await what(page, "FLUSH_DISK_TIMEOUT").click();
    const said = await page.locator(".explained").innerText();
    for (const words of ["When", "What it promises", "What to do", "syncFlushTimeout"]) assert.ok(said.includes(words), words);
    await what(page, "ROLLBACK").click();
    assert.equal(await page.locator(".explained").count(), 1);
    await what(page, "ROLLBACK").click();
    assert.equal(await page.locator(".explained").count(), 0);
  });
});

test("from the keyboard alone: explain, show", async () => {
  await visit({ reducedMotion: "reduce" }, async (page) => {
    await what(page, "FOUND").focus();
    await page.keyboard.press("Enter");
    assert.equal(await what(page, "FOUND").getAttribute("aria-expanded"), "true");
    assert.match(await page.locator(".explained").innerText(), /pullBatchSize/);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator(".card li.now", { hasText: "FOUND" }).waitFor({ timeout: 45_000 });
  });
});

test("what was seen is remembered on the next visit, until it is forgotten", async () => {
  await visit({ reducedMotion: "reduce" }, async (page) => {
    await showMe(page, "SEND_OK");
    const before = await seen(page);
    assert.notEqual(before, "0 of 20 seen");
    // Without the fragment: it leads back to the run, whose statuses are seen.
    const empty = page.url().split("#")[0];
    await page.goto(empty);
    await page.locator(".card").first().waitFor();
    assert.equal(await seen(page), before);
    await page.getByRole("button", { name: "Forget what was seen" }).click();
    assert.equal(await seen(page), "0 of 20 seen");
    await page.goto(empty);
    await page.locator(".card").first().waitFor();
    assert.equal(await seen(page), "0 of 20 seen");
  });
});

test("on a phone, by touch, in Chinese", async () => {
  await visit({ ...phone, lang: "zh", reducedMotion: "reduce" }, async (page) => {
    await what(page, "SUSPEND_CURRENT_QUEUE_A_MOMENT").tap();
    assert.match(await page.locator(".explained").innerText(), /何时出现[\s\S]*保证什么[\s\S]*maxReconsumeTimes/);
    const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(content <= window);
    await row(page, "SUSPEND_CURRENT_QUEUE_A_MOMENT").locator(".show").tap();
    await page.locator(".card li.now", { hasText: "SUSPEND_CURRENT_QUEUE_A_MOMENT" }).waitFor({ timeout: 60_000 });
  });
});

describe("axe-core has nothing to object to with a status explained", () => {
  for (const look of [
    { lang: "en", theme: "light", width: 1280 },
    { lang: "zh", theme: "dark", width: 390 },
  ]) {
    test(`${look.width} ${look.theme} ${look.lang}`, async () => {
      await visit({ ...look, reducedMotion: "reduce" }, async (page) => {
        await what(page, "SEND_OK").click();
        await page.locator(".show").first().click();
        await page.locator(".card li.now").first().waitFor({ timeout: 45_000 });
        assert.deepEqual(await violations(page), []);
      });
    });
  }
});
