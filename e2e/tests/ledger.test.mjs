// The ledger as a table to search in, and a message's story with the way back to its causes.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { violations } from "../lib/axe.mjs";
import { open, start } from "../lib/lab.mjs";

let lab;

before(async () => {
  lab = await start();
});
after(() => lab.close());

/** A page, and at its end the promise that its console stayed silent. */
async function visit(options, story) {
  const { page, errors, foreign, close } = await open(lab, options);
  await story(page);
  assert.deepEqual(errors, []);
  assert.deepEqual(foreign, []);
  await close();
}

const rows = (page) => page.locator(".ledger tbody tr");
const first = (page) => rows(page).first().locator(".msg");
const sum = (page, words) => page.locator(".ledger .tally button", { hasText: words });
const tale = (page) => page.locator(".tale");
const lines = (page) => page.locator(".tale li");
const rest = (page) => page.locator(".play use[href='#i-play']").waitFor({ timeout: 45_000 });

/** The next press of Send sends so many. */
async function fill(page, count) {
  await page.locator(".send-how input").fill(String(count));
  await page.locator(".send-how input").press("Tab");
}

/** So many messages, sent at once and played to the end as fast as it goes. */
async function sendMany(page, count) {
  await fill(page, count);
  await page.keyboard.press("s");
  for (let times = 0; times < 6; times += 1) await page.keyboard.press("+");
  await rest(page);
}

test("rows are sorted and filtered by verdict, and the filter can be taken away where nothing is left", async () => {
  await visit({}, async (page) => {
    await sendMany(page, 3);
    assert.match(await first(page).innerText(), /m3/);
    await page.getByLabel("Sort").selectOption("Oldest first");
    assert.match(await first(page).innerText(), /m1/);
    const consumed = sum(page, /3 consumed/i);
    await consumed.click();
    assert.equal(await consumed.getAttribute("aria-pressed"), "true");
    assert.equal(await rows(page).count(), 3);
    await page.keyboard.press("Home");
    await page.locator(".ledger", { hasText: "No message has this verdict now." }).waitFor();
    await sum(page, /consumed/i).click();
    assert.equal(await page.locator(".ledger .tally [aria-pressed='true']").count(), 0);
    assert.deepEqual(await violations(page), []);
  });
});

test("more rows than are drawn are reached by turning on, by the keyboard alone", async () => {
  await visit({}, async (page) => {
    await fill(page, 50);
    // Nobody has to watch them: `End` goes to where nothing is planned any more.
    for (const all of ["50 sent", "100 sent"]) {
      await page.keyboard.press("s");
      await page.keyboard.press("End");
      await page.locator(".ledger .tally", { hasText: all }).waitFor();
    }
    assert.equal(await rows(page).count(), 20);
    assert.match(await page.locator(".pager").innerText(), /1–20 of 100/);
    await page.getByRole("button", { name: "Rows after" }).focus();
    await page.keyboard.press("Enter");
    await page.locator(".pager", { hasText: "21–40 of 100" }).waitFor();
    assert.match(await first(page).innerText(), /m80/);
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Rows after");
  });
});

test("a picked message tells its story, and each sentence leads to its instant", async () => {
  await visit({}, async (page) => {
    await sendMany(page, 2);
    await rows(page).nth(1).locator(".msg").click();
    await page.getByRole("heading", { name: "The story of m1" }).waitFor();
    const told = await lines(page).allInnerTexts();
    assert.match(told[0], /sends? m1|m1/);
    assert.ok(told.length > 6, told.join("\n"));
    assert.ok(told.every((line) => !line.includes("m2")), told.join("\n"));
    await lines(page).nth(2).getByRole("button").first().click();
    assert.ok((await page.locator(".tale li[aria-current='time']").count()) > 0);
    assert.ok((await page.locator(".tale li.is-ahead").count()) > 0);
    assert.equal(await lines(page).count(), told.length);
    assert.equal(await page.locator(".stage .msg.is-picked").count() > 0, true);
    assert.deepEqual(await violations(page), []);
    await tale(page).getByRole("button", { name: "Close" }).click();
    await tale(page).waitFor({ state: "detached" });
  });
});

test("why? walks the causes back, and there is a way back to the story", async () => {
  await visit({}, async (page) => {
    await sendMany(page, 1);
    await first(page).click();
    const answer = lines(page).filter({ hasText: "SEND_OK" }).last();
    await answer.getByRole("button", { name: "Why?" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /^Why: / }).waitFor();
    const chain = await lines(page).allInnerTexts();
    assert.match(chain[0], /SEND_OK/);
    assert.match(chain.at(-1), /m1/);
    assert.match(await tale(page).innerText(), /No earlier event led to it/);
    await tale(page).getByRole("button", { name: "Back to the story" }).click();
    await page.getByRole("heading", { name: "The story of m1" }).waitFor();
  });
});

test("what just happened can be asked why, by touch on a phone and in Chinese", async () => {
  await visit({ lang: "zh", width: 390, touch: true }, async (page) => {
    await page.locator(".send").click();
    await rest(page);
    await page.locator(".why-ask").click();
    await page.getByRole("heading", { name: "为什么：从这件事追溯到起因" }).waitFor();
    assert.ok((await lines(page).count()) > 1);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} pixels too wide`);
    assert.deepEqual(await violations(page), []);
  });
});
