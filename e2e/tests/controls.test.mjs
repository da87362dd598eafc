// Every action of the scenario format, and everything that can stand, done through the page.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { open, start } from "../lib/lab.mjs";

let lab;
before(async () => {
  lab = await start();
});
after(() => lab.close());

const phone = { width: 390, height: 844, hasTouch: true, isMobile: true };

/** A fresh lab, in which nothing goes wrong on the way. */
async function visit(options, act) {
  const { page, errors, foreign, close } = await open(lab, { reducedMotion: "reduce", ...options });
  try {
    await page.locator("#bench").waitFor({ state: "attached" });
    await act(page);
    assert.deepEqual(errors, []);
    assert.deepEqual(foreign, []);
  } finally {
    await close();
  }
}

const bench = (page) => page.getByRole("dialog", { name: /^(Actions|操作)$/ });

/** Chooses a form. */
async function choose(page, who, what) {
  await page.locator("#bench-who").selectOption(who);
  if (what) await page.locator("#bench-what").selectOption(what);
}

/** Fills fields in, by the format's names. */
async function fill(page, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const field = page.locator(`#bench-form [name='${name}']`);
    if (await field.evaluate((one) => one.tagName === "SELECT")) await field.selectOption(value);
    else await field.fill(value);
  }
}

async function submit(page) {
  await page.locator("#bench-form button[type=submit]").click();
}

/** A form, from the key to the end. */
async function work(page, who, what, fields = {}) {
  await page.keyboard.press("a");
  await bench(page).waitFor();
  await choose(page, who, what);
  await fill(page, fields);
  await submit(page);
  await bench(page).waitFor({ state: "hidden" });
}

/** The run, as its file says it. */
async function file(page) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save", exact: true }).click()]);
  return JSON.parse(await readFile(await download.path(), "utf8"));
}

const pause = async (page) => {
  const playing = page.locator(".play", { has: page.locator("use[href='#i-pause']") });
  if (await playing.count()) await playing.click();
};

test("a send is composed, and the run's file says what was composed", async () => {
  await visit({}, async (page) => {
    await page.getByRole("button", { name: /^Compose/ }).click();
    assert.equal(await page.locator("#bench-what").inputValue(), "send");
    await fill(page, { count: "2", tag: "A", key: "k-1", bodyBytes: "100", waitStoreMsgOK: "false", queue: "1" });
    await submit(page);
    await bench(page).waitFor({ state: "hidden" });
    await page.locator(".ledger tbody tr").nth(1).waitFor();
    const [step] = (await file(page)).script;
    const { at: _, ...said } = step;
    assert.deepEqual(said, { do: "send", producer: "p1", topic: "Orders", count: 2, everyMs: 10, queue: 1, tag: "A", key: "k-1", bodyBytes: 100, waitStoreMsgOK: false });
  });
});

test("a transaction waits half stored and is committed at its second check", async () => {
  await visit({}, async (page) => {
    await page.getByRole("button", { name: /^Compose/ }).click();
    await fill(page, { local: "UNKNOW", check: "UNKNOW", checkAgain: "COMMIT_MESSAGE" });
    await submit(page);
    await bench(page).waitFor({ state: "hidden" });
    await page.locator(".ledger tr", { hasText: "Consumed" }).waitFor({ timeout: 60_000 });
    const [step] = (await file(page)).script;
    assert.deepEqual(step.transaction, { local: "UNKNOW", check: ["UNKNOW", "COMMIT_MESSAGE"] });
  });
});

test("a listener that does not take a message gets it again, and the ledger and the story say why", async () => {
  await visit({}, async (page) => {
    await work(page, "c1", "consume-result", { result: "RECONSUME_LATER", times: "1" });
    await pause(page);
    await page.locator(".send").click();
    await page.locator(".ledger .rule", { hasText: "retry topic" }).waitFor({ timeout: 60_000 });
    await pause(page);
    await page.locator(".ledger tbody th .msg").first().click();
    const told = page.locator(".tale .because", { hasText: "The listener did not take it" });
    await told.first().waitFor();
    assert.match(await told.first().innerText(), /c1 had it before, at/);
  });
});

test("a loss says its rule", async () => {
  await visit({}, async (page) => {
    await work(page, "c1", "stop-consumer");
    await work(page, "broker-a/1", "crash");
    await page.locator(".send").click();
    await page.locator(".ledger tr", { hasText: "SEND_OK" }).waitFor({ timeout: 30_000 });
    await pause(page);
    await work(page, "broker-a/0", "power-loss");
    await page.locator(".ledger .rule", { hasText: "answers before fsync" }).waitFor({ timeout: 30_000 });
  });
});

test("what a node is in no state for is refused in words, and what is no number, too", async () => {
  await visit({}, async (page) => {
    await page.keyboard.press("a");
    await choose(page, "broker-a/0", "resume");
    await submit(page);
    const report = bench(page).getByRole("alert");
    await report.getByText("the process is not frozen").waitFor();
    await choose(page, "p1", "send");
    assert.equal(await report.innerText(), "");
    await fill(page, { count: "many" });
    await submit(page);
    await report.getByText("count takes a number").waitFor();
    await fill(page, { count: "0" });
    await submit(page);
    await report.getByText("script[0].count").waitFor();
    await page.keyboard.press("Escape");
    await bench(page).waitFor({ state: "hidden" });
    assert.equal(await page.locator(".ledger tbody tr").count(), 0);
  });
});

test("every form of every node is done, or says why not", async () => {
  await visit({}, async (page) => {
    await page.keyboard.press("a");
    await bench(page).waitFor();
    const all = (id) => page.locator(`#${id} option`).evaluateAll((options) => options.map((option) => option.value));
    const seen = new Set();
    for (const who of await all("bench-who")) {
      await choose(page, who);
      for (const what of await all("bench-what")) {
        if (what === "remove") continue;
        await choose(page, who, what);
        if (what === "set-conf") await fill(page, { conf: who === "namesrv/0" ? "enableElectUncleanMaster=true" : "flushDiskType=SYNC_FLUSH" });
        await submit(page);
        const open = await bench(page).isVisible();
        if (open) assert.notEqual(await bench(page).getByRole("alert").innerText(), "", `${who} ${what}`);
        else await page.keyboard.press("a");
        await bench(page).waitFor();
        seen.add(what);
      }
    }
    const actions = ["send", "crash", "power-loss", "destroy-disk", "stop", "restart", "pause", "resume", "stall-disk", "release-disk", "fail-disk", "fill-disk", "expire-files", "partition", "heal", "drop", "set-link", "consume-result", "process-time", "start-consumer", "stop-consumer", "pull", "reset-offset", "set-conf"];
    assert.deepEqual(actions.filter((action) => !seen.has(action)), []);
  });
});

test("an action can wait for an event", async () => {
  await visit({}, async (page) => {
    await page.keyboard.press("a");
    await choose(page, "broker-a/0", "power-loss");
    await bench(page).getByText("When").click();
    await fill(page, { event: "appended", afterNode: "broker-a/0" });
    await submit(page);
    await bench(page).waitFor({ state: "hidden" });
    await pause(page);
    await page.locator(".send").click();
    await page.locator("article.master.is-off").waitFor({ timeout: 30_000 });
    const step = (await file(page)).script.find((one) => one.do === "power-loss");
    assert.deepEqual(step.after, { event: "appended", node: "broker-a/0" });
  });
});

test("producers, groups, brokers and slaves come, are used, go, and come back with undo", async () => {
  await visit({}, async (page) => {
    await page.getByRole("button", { name: "Add or change nodes …" }).click();
    await bench(page).waitFor();
    await choose(page, "", "add-producer");
    await submit(page);
    await bench(page).waitFor({ state: "hidden" });
    await work(page, "", "add-consumer", { name: "d1", group: "DG" });
    await work(page, "", "add-broker");
    await work(page, "broker-b/0", "add-slave");
    const node = (name) => page.locator(".cluster article h3", { hasText: new RegExp(`^${name}$`) });
    for (const name of ["p1", "p2", "broker-a/0", "broker-a/1", "broker-b/0", "broker-b/1", "c1", "d1"]) await node(name).waitFor();
    // Nothing lies over anything else.
    const boxes = await page.locator(".cluster article, .cluster .group").evaluateAll((all) => all.map((one) => [one.getAttribute("aria-label"), one.getBoundingClientRect().toJSON(), all.filter((other) => other !== one && (other.contains(one) || one.contains(other))).map((other) => other.getAttribute("aria-label"))]));
    for (const [name, a, kin] of boxes)
      for (const [other, b] of boxes)
        if (name !== other && !kin.includes(other)) assert.ok(a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1, `${name} over ${other}`);
    await page.getByRole("button", { name: "Compose … p2" }).click();
    await fill(page, { count: "4" });
    await submit(page);
    await page.locator(".ledger tr", { hasText: "d1" }).first().waitFor({ timeout: 60_000 });
    await pause(page);
    const sent = await page.locator(".ledger tbody tr").count();
    assert.ok(sent > 0);
    await work(page, "p2", "remove");
    assert.equal(await node("p2").count(), 0);
    assert.equal(await page.locator(".ledger tbody tr").count(), 0);
    await page.keyboard.press("Control+z");
    await node("p2").waitFor();
    assert.equal(await page.locator(".ledger tbody tr").count(), sent);
  });
});

test("a consumer is made orderly, and its listener then returns orderly words", async () => {
  await visit({}, async (page) => {
    await work(page, "c1", "change-consumer", { listener: "orderly" });
    await page.keyboard.press("a");
    await choose(page, "c1", "consume-result");
    const words = await page.locator("#bench-form [name=result] option").evaluateAll((all) => all.map((one) => one.value));
    assert.deepEqual(words, ["SUCCESS", "SUSPEND_CURRENT_QUEUE_A_MOMENT", "COMMIT", "ROLLBACK", "null", "throw", "hang"]);
  });
});

test("from the keyboard alone: the menu's way to more, another form, done", async () => {
  await visit({}, async (page) => {
    await page.locator("article.master > header .strike").focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("End");
    assert.match(await page.evaluate(() => document.activeElement.textContent), /More for broker-a\/0/);
    await page.keyboard.press("Enter");
    await bench(page).waitFor();
    assert.equal(await page.locator("#bench-who").inputValue(), "broker-a/0");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.id), "bench-what");
    await page.keyboard.type("Delay");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("250");
    await page.keyboard.press("Enter");
    await bench(page).waitFor({ state: "hidden" });
    assert.ok(await page.locator("article.master > header .strike").evaluate((one) => one === document.activeElement));
    const [step] = (await file(page)).script;
    assert.deepEqual([step.do, step.between, step.latencyMs], ["set-link", ["broker-a/0", "p1"], 250]);
  });
});

test("on a phone, by touch, in Chinese", async () => {
  await visit({ ...phone, lang: "zh" }, async (page) => {
    await page.getByRole("button", { name: /^编写消息/ }).tap();
    await bench(page).waitFor();
    await fill(page, { delayLevel: "1" });
    const go = page.getByRole("button", { name: "执行" });
    assert.ok((await go.boundingBox()).height >= 44);
    await go.tap();
    await bench(page).waitFor({ state: "hidden" });
    await page.locator(".ledger tbody tr").first().waitFor();
    await page.getByRole("button", { name: "增减或修改节点……" }).tap();
    await choose(page, "", "add-broker");
    await page.getByRole("button", { name: "应用" }).tap();
    await bench(page).waitFor({ state: "hidden" });
    await page.locator(".cluster article h3", { hasText: "broker-b/0" }).waitFor();
    const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(content <= window, `${content} > ${window}`);
  });
});

test("the stage is a table, too", async () => {
  await visit({}, async (page) => {
    await page.getByText("Stage as a table").click();
    const row = (name) => page.locator(".as-table tbody tr", { has: page.locator("th", { hasText: new RegExp(`^${name}$`) }) });
    await row("broker-a/1").waitFor();
    await page.locator(".send").click();
    await row("broker-a/0").locator("td", { hasText: "m1" }).first().waitFor({ timeout: 30_000 });
  });
});

test("a lens says what the system's own queues are for", async () => {
  await visit({}, async (page) => {
    await page.getByRole("button", { name: /^Compose/ }).click();
    await fill(page, { delayLevel: "3" });
    await submit(page);
    await page.getByRole("button", { name: "Consumption" }).click();
    await page.locator(".queues", { hasText: "delay level 3" }).first().waitFor({ timeout: 30_000 });
  });
});
