// What real brokers did beside what the engine does, and what is not modelled: all of it from the two tables in assets/.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { open, start } from "../lib/lab.mjs";

const table = JSON.parse(await readFile("assets/conformance.json", "utf8"));
const absent = JSON.parse(await readFile("assets/not-modelled.json", "utf8"));
let lab;

before(async () => {
  lab = await start();
});
after(() => lab.close());

test("every recording has a row, and the totals are the table's", async () => {
  const { page, errors, close } = await open(lab);
  await page.getByRole("link", { name: "Fidelity" }).click();
  await page.locator(".recordings tbody tr").first().waitFor();
  assert.equal(await page.locator(".recordings tbody tr").count(), table.rows.length);
  assert.equal(await page.locator(".absent tbody tr").count(), absent.length);
  const totals = await page.locator(".totals td").allInnerTexts();
  const sum = (place) => totals.filter((_, index) => index % 2 === place).reduce((all, cell) => all + Number(cell), 0);
  assert.deepEqual([sum(0), sum(1)], [table.totals.all.recordings, table.totals.all.reproduced]);
  assert.deepEqual(errors, []);
  await close();
});

test("what differs is listed with both sides and why, by keyboard, in Chinese", async () => {
  const { page, errors, close } = await open(lab, { lang: "zh", hash: "#/fidelity" });
  const differing = table.rows.filter((row) => !row.reproduced);
  await page.locator(".fidelity-choice input[type=checkbox]").focus();
  await page.keyboard.press("Space");
  const rows = page.locator(".recordings tbody tr");
  await page.waitForFunction((count) => document.querySelectorAll(".recordings tbody tr").length === count, differing.length);
  const lines = (await readFile("assets/titles.zh.txt", "utf8")).split("\n").map((line) => line.split("\t"));
  const chinese = new Map(lines);
  for (const [place, row] of differing.entries()) {
    const words = await rows.nth(place).innerText();
    for (const part of [row.recording, chinese.get(row.explanation), ...row.differences.flatMap(({ recorded, engine }) => [recorded, engine])]) {
      assert.ok(words.includes(part), `${row.recording}: ${part}`);
    }
  }
  assert.deepEqual(errors, []);
  await close();
});

test("no row is wider than its panel", async () => {
  for (const width of [1440, 1024, 390]) {
    const { page, errors, close } = await open(lab, { hash: "#/fidelity", width });
    await page.locator(".fidelity-choice input[type=checkbox]").check();
    const panel = page.locator(".panel.fidelity").filter({ has: page.locator(".recordings") });
    await page.locator(".difference").first().waitFor();
    assert.ok(await panel.evaluate((element) => element.scrollWidth <= element.clientWidth), `${width} px`);
    assert.deepEqual(errors, []);
    await close();
  }
});

test("a row plays: the engine's run of that scenario is in the lab", async () => {
  const { page, errors, close } = await open(lab, { hash: "#/fidelity" });
  await page.getByRole("searchbox").fill("k12-flush-timeout-53");
  await page.locator(".recordings .show").first().click();
  await page.locator(".stage").waitFor();
  await page.keyboard.press("End");
  await page.locator(".ledger").getByText("FLUSH_DISK_TIMEOUT").first().waitFor();
  assert.deepEqual(errors, []);
  await close();
});

test("a scenario is found by letters of its name", async () => {
  const { page, close } = await open(lab, { hash: "#/fidelity", width: 390 });
  await page.getByRole("searchbox").fill("flush-timeout");
  const wanted = table.rows.filter((row) => row.recording.includes("flush-timeout")).length;
  await page.waitForFunction((count) => document.querySelectorAll(".recordings tbody tr").length === count, wanted);
  await close();
});
