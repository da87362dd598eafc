// The lab as a reader uses it: send, strike, step, change a setting. What is asserted is on the page, in words.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { violations } from "../lib/axe.mjs";
import { idle, watch } from "../lib/idle.mjs";
import { open, start } from "../lib/lab.mjs";

const PRODUCER = "article.producer";
const MASTER = "article.master";
const SLAVE = "article.slave";
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

const send = (page) => page.locator(".send").click();
const playing = (page) => page.locator(".play use[href='#i-pause']");
const pause = (page) => page.locator(".play").click();
const rest = (page) => page.locator(".play use[href='#i-play']").waitFor({ timeout: 45_000 });
const step = (page) => page.keyboard.press("ArrowRight");
const row = (page, message) => page.locator(".ledger tr", { has: page.getByText(message, { exact: true }) });
const place = (page, node, name) => page.locator(`${node} .place-${name}`);
const faults = async (page, node) => page.locator(`${node} > header .strike`).click();
const strike = async (page, node, fault) => {
  await faults(page, node);
  await page.getByRole("menuitem", { name: fault }).click();
};
const setting = (page, name) => page.locator(".settings").getByRole("button", { name, exact: true }).click();
const says = (page, words) => page.locator(".why-line", { hasText: words }).waitFor();

/** Steps until a place holds a message. */
async function stepUntil(page, where) {
  for (let steps = 0; steps < 40; steps += 1) {
    if (await where.count()) return;
    await step(page);
  }
  assert.fail("it never came to that");
}

test("it opens paused on a healthy cluster with one obvious action", async () => {
  await visit({}, async (page) => {
    assert.equal(await page.locator(".btn.primary").count(), 1);
    assert.equal(await page.locator(".btn.primary").innerText(), "Send m1");
    assert.equal(await page.locator(".ledger tbody tr").count(), 0);
    assert.match(await page.locator(".why-line").innerText(), /A healthy cluster, paused/);
  });
});

test("a message is sent, stored, copied, consumed and flushed", async () => {
  await visit({}, async (page) => {
    await send(page);
    await playing(page).waitFor();
    await rest(page);
    assert.match(await row(page, "m1").innerText(), /SEND_OK[\s\S]*disk ×2[\s\S]*c1 ×1[\s\S]*Consumed/);
    await place(page, MASTER, "disk").getByText("m1").waitFor();
    await place(page, SLAVE, "disk").getByText("m1").waitFor();
    assert.match(await page.locator(".card", { hasText: "SendStatus" }).innerText(), /SEND_OK\s*1/);
  });
});

test("a power cut empties the page cache, and SYNC_FLUSH would not have promised it", async () => {
  await visit({}, async (page) => {
    await page.locator("#settings").getByRole("button", { name: "consumers: one less" }).click();
    await send(page);
    await pause(page);
    await stepUntil(page, row(page, "m1").getByText("At risk"));
    await strike(page, MASTER, /^Cut power.*would lose.*m1/);
    await row(page, "m1").getByText("Lost, promise broken").waitFor();
    await place(page, MASTER, "cache").getByText("Lost here").waitFor();
    await page.locator(".ledger .link-btn", { hasText: "SYNC_FLUSH" }).click();
    await says(page, "Under the new setting");
    assert.equal(await row(page, "m1").getByText("Lost, promise broken").count(), 0);
  });
});

test("a killed process keeps its page cache", async () => {
  await visit({}, async (page) => {
    await send(page);
    await pause(page);
    await stepUntil(page, place(page, MASTER, "cache").getByText("m1"));
    await strike(page, MASTER, /^Kill process/);
    await says(page, "is killed");
    await pause(page);
    await place(page, MASTER, "cache").getByText("m1").waitFor();
    assert.match(await page.locator(`${MASTER} footer`).innerText(), /no process/);
  });
});

test("another flushDiskType is said in the summary, in broker.conf and in the answer's reason", async () => {
  await visit({}, async (page) => {
    await setting(page, "SYNC_FLUSH");
    assert.match(await page.locator(".conf-sum").innerText(), /SYNC_FLUSH/);
    assert.equal(await page.locator(".conf mark").innerText(), "flushDiskType=SYNC_FLUSH\n");
    await send(page);
    await pause(page);
    await stepUntil(page, page.locator(".why-line", { hasText: "answers after fsync" }));
  });
});

test("steps go back the way they came, and dragging the playhead seeks", async () => {
  await visit({}, async (page) => {
    await send(page);
    await pause(page);
    const line = () => page.locator(".why-line").innerText();
    const seen = [await line()];
    for (let steps = 0; steps < 5; steps += 1) {
      await step(page);
      seen.push(await line());
    }
    for (const words of seen.slice(0, -1).reverse()) {
      await page.keyboard.press("ArrowLeft");
      assert.equal(await line(), words);
    }
    await rest(page);
    const drawing = await page.locator("svg.tl").boundingBox();
    await page.mouse.click(drawing.x + drawing.width * 0.112, drawing.y + 60);
    assert.match(await line(), /^0 ms/);
  });
});

test("each status of a send can be shown", async () => {
  await visit({}, async (page) => {
    for (const status of ["FLUSH_DISK_TIMEOUT", "FLUSH_SLAVE_TIMEOUT", "SLAVE_NOT_AVAILABLE", "SEND_OK"]) {
      await page.getByRole("button", { name: `show me ${status}` }).click();
      await page.keyboard.press("+");
      await row(page, "m1").getByText(status).waitFor({ timeout: 45_000 });
    }
  });
});

test("everything can be done from the keyboard, and the menu gives the focus back", async () => {
  await visit({}, async (page) => {
    const key = (name) => page.keyboard.press(name);
    const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.innerText);
    await key("s");
    await playing(page).waitFor();
    await key(" ");
    await rest(page);
    await page.locator(`${MASTER} .strike`).focus();
    await key("Enter");
    assert.match(await focused(), /^Kill process/);
    await key("ArrowDown");
    assert.match(await focused(), /^Cut power/);
    await key("End");
    await key("ArrowDown");
    assert.equal(await focused(), "Close");
    await key("Escape");
    assert.equal(await focused(), "Faults of broker-a/0");
    assert.equal(await page.locator(".fault-menu").count(), 0);
    await key("Home");
    assert.match(await page.locator(".clock").innerText(), /0\.000/);
    await key("r");
    assert.equal(await page.locator(".ledger tbody tr").count(), 0);
  });
});

test("a lens opens the brokers: what is flushed, who has how much, who has read how far", async () => {
  await visit({ reducedMotion: "reduce" }, async (page) => {
    const look = (name) => page.locator(".lenses").getByRole("button", { name }).click();
    const inside = (node) => page.locator(`${node} .inside`);
    await send(page);
    await stepUntil(page, place(page, MASTER, "cache").locator(".msg"));
    await look("Storage");
    const cell = inside(MASTER).getByRole("button", { name: "m1, topic, in the page cache" });
    await cell.click();
    assert.equal(await page.locator(".ledger tr.is-picked").count(), 1);
    await page.locator(".play").click();
    await rest(page);
    await inside(MASTER).getByRole("button", { name: "m1, topic, on disk" }).waitFor();
    await look("Replication");
    await inside(MASTER).getByText("connected").waitFor();
    assert.equal(await inside(SLAVE).count(), 0);
    await look("Consumption");
    assert.match(await inside(MASTER).innerText(), /Orders\/0\s+0\s+1\s+1/);
    await look("Overview");
    assert.equal(await page.locator(".inside").count(), 0);
  });
});

test("single keys can be switched off", async () => {
  await visit({}, async (page) => {
    await page.locator("dialog.sheet").waitFor({ state: "attached" });
    await page.keyboard.press("?");
    await page.getByRole("switch", { name: "Keyboard shortcuts" }).click();
    await page.keyboard.press("Escape");
    await page.keyboard.press("s");
    assert.equal(await page.locator(".ledger tbody tr").count(), 0);
  });
});

test("on a phone, by touch: send, open a menu as a sheet, strike", async () => {
  await visit({ width: 390, height: 844, hasTouch: true, isMobile: true }, async (page) => {
    await page.locator(".send").tap();
    await playing(page).waitFor();
    await page.locator(`${MASTER} > header .strike`).tap();
    const sheet = await page.locator(".fault-menu").boundingBox();
    assert.ok(Math.round(sheet.width) === 390 && Math.round(sheet.y + sheet.height) === 844, "a sheet at the bottom edge");
    await page.getByRole("menuitem", { name: /^Pause process/ }).tap();
    await page.locator(`${MASTER}.is-paused`).waitFor();
    const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(content <= window);
  });
});

test("the language changes in place, and the run goes on", async () => {
  await visit({}, async (page) => {
    await send(page);
    await pause(page);
    await page.getByRole("button", { name: "中文" }).click();
    assert.equal(await page.locator("html").getAttribute("lang"), "zh-Hans");
    await page.getByRole("heading", { name: "账本" }).waitFor();
    await row(page, "m1").waitFor();
    assert.match(await page.locator(PRODUCER).innerText(), /发送 m2/);
    assert.equal(await page.evaluate(() => document.activeElement.id), "language");
  });
});

test("with reduced motion a run plays in steps to the same end", async () => {
  await visit({ reducedMotion: "reduce" }, async (page) => {
    await send(page);
    await rest(page);
    assert.match(await row(page, "m1").innerText(), /Consumed/);
  });
});

test("paused in the middle and finished, nothing asks for a frame or a timer", async () => {
  await visit({ init: watch }, async (page) => {
    await send(page);
    await page.waitForTimeout(600);
    await pause(page);
    assert.deepEqual(await idle(page, { settleMs: 300 }), { frames: 0, timers: 0 });
    await page.keyboard.press("+");
    await page.keyboard.press("+");
    await pause(page);
    await rest(page);
    assert.deepEqual(await idle(page, { settleMs: 300 }), { frames: 0, timers: 0 });
  });
});

describe("axe-core has nothing to object to in the middle of things", () => {
  for (const look of [
    { lang: "en", theme: "light", width: 1280 },
    { lang: "zh", theme: "dark", width: 390 },
  ]) {
    test(`${look.width} ${look.theme} ${look.lang}`, async () => {
      await visit(look, async (page) => {
        await page.locator(".scenario select").selectOption("2");
        await rest(page);
        await page.locator(".ledger .msg").first().click();
        await faults(page, MASTER);
        assert.deepEqual(await violations(page), []);
      });
    });
  }
});
