// A lesson: asked first, shown when it is asked for, the answer computed by the engine.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { open, start } from "../lib/lab.mjs";

let lab;

before(async () => {
  lab = await start();
});
after(() => lab.close());

const step = (page) => page.locator(".lesson-step");

test("a lesson from start to end by keyboard alone", async () => {
  const { page, errors, close } = await open(lab, { hash: "#/lessons", reducedMotion: "reduce" });
  await page.getByRole("link", { name: "The four answers" }).focus();
  await page.keyboard.press("Enter");
  await step(page).waitFor();
  const [, steps] = (await step(page).innerText()).match(/of (\d+)/);
  for (let place = 1; place <= Number(steps); place += 1) {
    await page.waitForFunction((place) => document.querySelector(".lesson-step").textContent.startsWith(`Step ${place} `), place);
    if (await page.locator(".option").count()) {
      assert.equal(await page.locator(".is-right").count(), 0, "nothing is told before it is asked for");
      await page.keyboard.press("1");
      await page.locator('.option[aria-pressed="true"]').waitFor();
      await page.keyboard.press("PageDown");
      await page.locator(".option.is-right").waitFor();
    }
    if (place < Number(steps)) await page.keyboard.press("ArrowRight");
  }
  await page.getByText("That was the lesson").waitFor();
  assert.deepEqual(errors, []);
  await close();
});

test("at 390 px, by touch: a guess, hands, the answer, the next step", async () => {
  const { page, errors, close } = await open(lab, { lang: "zh", hash: "#/lessons/page-cache-and-disk/1", width: 390, height: 844, hasTouch: true, reducedMotion: "reduce" });
  await page.locator(".option").nth(1).tap();
  const hands = page.locator(".hands").first();
  await hands.locator("button").nth(1).tap();
  await hands.locator("button").nth(1).tap();
  assert.equal(await hands.locator("b").innerText(), "2");
  await page.getByRole("button", { name: "看看会发生什么" }).tap();
  await page.locator(".option.is-right").waitFor();
  await page.getByRole("button", { name: "下一步" }).tap();
  await step(page).getByText("第 2 步").waitFor();
  assert.equal(await page.locator(".option.is-right").count(), 0);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "no sideways scroll");
  assert.deepEqual(errors, []);
  await close();
});

test("the place is kept over a reload, and another language keeps it too", async () => {
  const { page, close } = await open(lab, { hash: "#/lessons/four-answers/1/4.9" });
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await step(page).getByText("Step 2 ").waitFor();
  await page.reload();
  await step(page).getByText("Step 2 ").waitFor();
  assert.equal(await page.locator('.lesson-top .seg [aria-pressed="true"]').innerText(), "4.9");
  await page.locator("#language").click();
  await step(page).getByText("第 2 步").waitFor();
  await close();
});

test("a trainer's own lesson opens from a file, and a wrong one says where", async () => {
  const { page, errors, close } = await open(lab, { hash: "#/lessons" });
  const file = page.locator(".shelf input[type=file]");
  const text = await readFile("assets/lessons/1-four-answers.md", "utf8");
  const give = (text) => file.setInputFiles({ name: "own.md", mimeType: "text/markdown", buffer: Buffer.from(text) });
  for (const wrong of ["", "<script>alert(1)</script>", text.replace("scenario: send-ok", "scenario: nowhere"), "x".repeat(2_000_000)]) {
    await page.reload();
    await page.locator(".shelf").waitFor();
    await give(wrong);
    await page.locator(".wrong li").first().waitFor();
    assert.match(await page.locator(".wrong li").first().innerText(), /line \d+/);
  }
  await give(text.replace("The four answers to a send", "A lesson of my own"));
  await page.getByRole("heading", { name: "A lesson of my own" }).waitFor();
  assert.deepEqual(errors, []);
  await close();
});
