// A lesson: asked first, shown when it is asked for, the answer computed by the engine.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { violations } from "../lib/axe.mjs";
import { open, start, themes } from "../lib/lab.mjs";

let lab;

before(async () => {
  lab = await start();
});
after(() => lab.close());

const step = (page) => page.locator(".lesson-step");

for (const width of [1280, 390]) test(`a lesson from start to end by keyboard alone, ${width} px`, async () => {
  const { page, errors, close } = await open(lab, { hash: "#/lessons", width, height: 844, reducedMotion: "reduce" });
  await page.getByRole("link", { name: /^The four answers/ }).focus();
  await page.keyboard.press("Enter");
  await step(page).waitFor();
  const [, steps] = (await step(page).innerText()).match(/of (\d+)/);
  for (let place = 1; place <= Number(steps); place += 1) {
    await page.waitForFunction((place) => document.querySelector(".lesson-step").textContent.startsWith(`Step ${place} `), place);
    if (await page.locator(".option").count()) {
      assert.equal(await page.locator(".is-right, .ask [role=status] p, .is-risk, .ledger").count(), 0, "nothing is told before it is asked for");
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

test("the speaker's notes stand in a window of their own, where the clicker works, too", async () => {
  for (const theme of themes) {
    const { page, errors, close } = await open(lab, { theme, hash: "#/lessons/ten-answers/1", reducedMotion: "reduce" });
    await page.locator(".option").first().waitFor();
    const opened = page.waitForEvent("popup");
    await page.keyboard.press("n");
    const notes = await opened;
    await notes.getByText("Keep the list of ten in view").waitFor();
    assert.match(await notes.locator(".notes-hands .is-right th").innerText(), /^FOUND/);
    assert.ok(!(await page.locator("body").innerText()).includes("Keep the list of ten in view"), "for the speaker's eyes");
    assert.equal(await page.locator(".is-right").count(), 0, "what the speaker sees the class does not");
    assert.deepEqual(await violations(notes), []);
    const ground = await notes.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(ground, await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
    await page.getByRole("button", { name: "One more hand for FOUND" }).click();
    await notes.locator(".notes-hands .is-right td").getByText("1").waitFor();
    await notes.keyboard.press("PageDown");
    await page.locator(".option.is-right").waitFor();
    await notes.getByRole("button", { name: "Next step" }).click();
    await step(page).getByText("Step 2 ").waitFor();
    await notes.getByRole("heading", { name: "Another tag" }).waitFor();
    const closed = notes.waitForEvent("close");
    await page.getByRole("link", { name: "All lessons" }).click();
    await closed;
    assert.deepEqual(errors, []);
    await close();
  }
});

test("a browser that lets no window open: the page says so, and the lesson goes on", async () => {
  const { page, errors, close } = await open(lab, { hash: "#/lessons/ten-answers/1", init: () => (window.open = () => null) });
  await page.getByRole("button", { name: "Speaker notes" }).click();
  await page.getByRole("alert").getByText("did not let the notes open").waitFor();
  await page.keyboard.press("PageDown");
  await page.locator(".option.is-right").waitFor();
  assert.deepEqual(errors, []);
  await close();
});

test("a blank screen shows nothing but the way back; the tenth choice has a key", async () => {
  const { page, close } = await open(lab, { hash: "#/lessons/ten-answers/1" });
  await page.locator(".option").first().waitFor();
  await page.keyboard.press("b");
  await page.getByRole("button", { name: "The screen is blank" }).waitFor();
  const seen = await page.evaluate(() => document.elementFromPoint(innerWidth / 2, innerHeight / 2).className);
  assert.equal(seen, "blank");
  await page.keyboard.press("PageDown");
  await page.locator(".blank").waitFor({ state: "detached" });
  assert.equal(await page.locator(".is-right").count(), 0, "the key that brings the screen back does nothing else");
  await page.keyboard.press("0");
  await page.locator('.option[aria-pressed="true"]', { hasText: "OFFSET_RESET" }).waitFor();
  await close();
});

test("in full screen everything is larger, the stage, too, and nothing is cut off", async () => {
  const { page, close } = await open(lab, { hash: "#/lessons/page-cache-and-disk/2", width: 1920, height: 1080 });
  await page.locator(".option").first().waitFor();
  const sizes = () => page.evaluate(() => [".asked", ".stage .msg"].map((one) => parseFloat(getComputedStyle(document.querySelector(one)).fontSize)));
  const before = await sizes();
  await page.keyboard.press("f");
  await page.waitForFunction(() => document.fullscreenElement !== null);
  const after = await sizes();
  for (const [index, size] of before.entries()) assert.ok(after[index] >= size * 1.2, `${size} → ${after[index]}`);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "no sideways scroll");
  await close();
});

test("at every step of every lesson the stage stands beside the question, not over it, and holds what is in it", async () => {
  const { page, errors, close } = await open(lab, { lang: "zh", hash: "#/lessons", reducedMotion: "reduce" });
  await page.locator(".shelf ol li").nth(7).waitFor();
  const links = await page.locator(".shelf ol a:not(.to-paper)").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  assert.equal(links.length, 8);
  for (const link of links) {
    // By way of the list, so that what is waited for is not the lesson before.
    await page.evaluate(() => (location.hash = "#/lessons"));
    await page.locator(".shelf").waitFor();
    await page.evaluate((link) => (location.hash = link), `${link}/1`);
    await page.locator(".lesson-step").waitFor();
    const steps = await page.locator(".pips li").count();
    for (let place = 1; place <= steps; place += 1) {
      await page.evaluate((link) => (location.hash = link), `${link}/${place}`);
      await page.locator(".lesson-step", { hasText: `第 ${place} 步` }).waitFor();
      for (const told of [false, true]) {
        if (told) await page.keyboard.press("PageDown");
        for (const width of told ? [1920, 1440, 1280, 1024, 390] : [1440, 1024]) {
          await page.setViewportSize({ width, height: 768 });
          assert.deepEqual(await page.evaluate(strays), [], `${link}/${place}, ${told ? "told" : "asked"}, ${width} px`);
        }
      }
    }
  }
  assert.deepEqual(errors, []);
  await close();
});

/** What stands outside of what should hold it, to the pixel. */
function strays() {
  const box = (element) => element.getBoundingClientRect();
  const stage = box(document.querySelector(".lesson-stage .stage"));
  const parts = [...document.querySelectorAll(".lesson-stage :is(.node, .group, .stage .msg)")];
  const out = parts.filter((part) => box(part).left < stage.left - 1 || box(part).right > stage.right + 1);
  const found = out.map((part) => part.getAttribute("aria-label") ?? part.textContent);
  const ask = box(document.querySelector(".ask"));
  if (ask.left < stage.right && ask.top < stage.bottom && ask.bottom > stage.top) found.push("the question");
  if (document.documentElement.scrollWidth > innerWidth) found.push("sideways scroll");
  return found;
}

test("a handout has every question with its picture, the answers apart, and is printed dark on white", async () => {
  for (const lang of ["en", "zh"]) {
    const { page, errors, close } = await open(lab, { lang, theme: "dark", hash: "#/lessons/ten-answers/handout/5.3" });
    await page.locator(".handout").waitFor();
    const count = (selector) => page.locator(selector).count();
    assert.equal(await count(".handout > .paper-step"), 11);
    assert.equal(await count(".answers .paper-step"), 11);
    assert.equal(await count(".handout figure .cluster"), 22);
    assert.equal(await count(".handout > .paper-step .is-risk"), 0, "the questions do not say what could be lost");
    // What stands in a question's picture is what stood then: the first question is asked when three messages are stored.
    assert.equal(await page.locator(".handout > .paper-step").first().locator("article.master .msg").count(), 3);
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator(".top").isVisible(), false);
    assert.equal(await page.locator(".paper-tools").isVisible(), false);
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".handout h1")).color), "rgb(24, 28, 32)");
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
    assert.ok((await page.pdf({ format: "A4" })).length > 50_000);
    assert.deepEqual(errors, []);
    await close();
  }
});

test("the place is kept over a reload, and another language keeps it too", async () => {
  const { page, close } = await open(lab, { hash: "#/lessons/four-answers/1/4.9" });
  await step(page).getByText("Step 1 ").waitFor();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await step(page).getByText("Step 2 ").waitFor();
  await page.reload();
  await step(page).getByText("Step 2 ").waitFor();
  assert.equal(await page.locator('.lesson-top .seg [aria-pressed="true"]').innerText(), "4.9");
  await page.keyboard.press("2");
  await page.getByRole("button", { name: /^One more hand/ }).first().click();
  await page.keyboard.press("PageDown");
  await page.locator(".option.is-right").waitFor();
  await page.reload();
  await page.locator(".option.is-right").waitFor();
  assert.equal(await page.locator(".option").nth(1).getAttribute("aria-pressed"), "true", "the guess");
  assert.equal(await page.locator(".hands b").first().innerText(), "1", "the hands");
  await page.keyboard.press("ArrowRight");
  await step(page).getByText("Step 3 ").waitFor();
  await page.locator("#language").click();
  await step(page).getByText("第 3 步").waitFor();
  await page.locator("#language").click();
  // Another visit goes on there if it wants to, and is asked again.
  await page.getByRole("link", { name: "All lessons" }).click();
  await page.getByRole("link", { name: /^Go on where you were: .* step 3$/ }).click();
  await step(page).getByText("Step 3 ").waitFor();
  assert.equal(await page.locator(".option.is-right").count(), 0);
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
  const own = page.getByRole("heading", { name: "A lesson of my own" });
  await own.waitFor();
  await page.keyboard.press("PageDown");
  await page.keyboard.press("PageDown");
  await step(page).getByText("Step 2 ").waitFor();
  await page.reload();
  await own.waitFor();
  await step(page).getByText("Step 2 ").waitFor();
  await page.locator("#language").click();
  await step(page).getByText("第 2 步").waitFor();
  await page.evaluate(() => (location.hash = "#/lessons/own/handout/4.9"));
  await page.locator(".handout .paper-step").first().waitFor();
  assert.deepEqual(errors, []);
  await close();
});

test("a trainer's own lesson is given by a link, and a bad one says in both languages what is wrong with it", async () => {
  const text = await readFile("assets/lessons/1-four-answers.md", "utf8");
  const trainer = await open(lab, { hash: "#/lessons" });
  await trainer.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const buffer = Buffer.from(text.replaceAll("The four answers to a send", "A lesson of my own"));
  await trainer.page.locator(".shelf input[type=file]").setInputFiles({ name: "own.md", mimeType: "text/markdown", buffer });
  await trainer.page.getByRole("heading", { name: "A lesson of my own" }).waitFor();
  await trainer.page.locator(".copy-lesson").click();
  await trainer.page.locator(".copied", { hasText: "Copied" }).waitFor();
  assert.deepEqual(await violations(trainer.page), []);
  const link = new URL(await trainer.page.evaluate(() => navigator.clipboard.readText()));
  await trainer.close();
  assert.ok(link.hash.length < 6_000, `${link.hash.length}`);

  const { page, errors, foreign, close } = await open(lab, { hash: link.hash, width: 390, height: 844 });
  await page.getByRole("heading", { name: "A lesson of my own" }).waitFor();
  await step(page).getByText("Step 1 ").waitFor();
  await page.keyboard.press("PageDown");
  await page.locator(".option.is-right").waitFor();

  const start = link.hash.slice(0, link.hash.indexOf("1.") + 2);
  const bad = {
    "its end is missing": link.hash.slice(0, -5),
    "a later version": link.hash.replace("1.", "7."),
    "never packs": `${start}%3Cscript%3E`,
    "longer than any link": start + "A".repeat(200_000),
  };
  for (const [why, hash] of Object.entries(bad)) {
    await page.evaluate((hash) => (location.hash = hash), hash);
    await page.locator(".wrong li", { hasText: why }).waitFor();
    assert.equal(await page.locator(".lesson-step").count(), 0);
  }
  assert.deepEqual(await violations(page), []);
  await page.locator("#language").click();
  await page.locator(".wrong li", { hasText: "超过了本页面会写出的任何链接的长度" }).waitFor();
  // Neither is kept instead of the lesson that was given last.
  await page.evaluate(() => (location.hash = "#/lessons/own/1"));
  await page.locator(".lesson-step", { hasText: "第 1 步" }).waitFor();
  assert.deepEqual(errors, []);
  assert.deepEqual(foreign, []);
  await close();
});

test("an address or a memory that makes no sense leads to a step or to the list, and nothing runs", async () => {
  const ran = "window.ran = true";
  const odd = ["nowhere", `<img src=x onerror="${ran}">`, "own", "own/handout", "own/3", "%00", "four-answers/-1", "four-answers/0", "four-answers/99999999999999999999", "four-answers/1/6.0", "four-answers/handout/6.0", "//", "?x"];
  const remembered = ["", "#/lessons/", "#/lessons/own/x", `#/lessons/<img src=x onerror='${ran}'>/1/5.3`, "javascript:alert(1)", "x".repeat(100_000)];
  const { page, errors, close } = await open(lab, { hash: "#/lessons" });
  for (const memory of remembered) {
    await page.evaluate((memory) => {
      for (const name of ["lesson", "own-lesson"]) localStorage.setItem(name, memory);
      sessionStorage.setItem("lesson-record", memory);
    }, memory);
    await page.reload();
    await page.locator(".shelf ol li").nth(7).waitFor();
  }
  for (const words of odd) {
    await page.evaluate((words) => (location.hash = `#/lessons/${words}`), words);
    await page.locator(".shelf, .lesson-page, .handout").first().waitFor();
    await page.evaluate(() => (location.hash = "#/lessons"));
    await page.locator(".shelf").waitFor();
  }
  assert.equal(await page.evaluate(() => window.ran), undefined);
  assert.deepEqual(errors, []);
  await close();
});
