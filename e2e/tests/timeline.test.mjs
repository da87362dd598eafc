// The timeline and the way through a run: steps of a kind, both ends, branches, undo, the events in words.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

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
const line = (page) => page.locator(".why-line").innerText();
const says = (page, words) => page.locator(".why-line", { hasText: words }).waitFor();
const at = (page) => page.locator(".seek").getAttribute("aria-valuenow").then(Number);
const branches = (page) => page.getByRole("group", { name: "Branches" }).getByRole("button");
const kinds = (page) => page.getByLabel("Step to", { exact: true });
/** Presses a thing with the pointer that the reader has. */
const push = (page, what) => (page.viewportSize().width < 640 ? what.tap() : what.click());

/** One message, all the way to where nothing is left to happen, with reduced motion so that it is quick. */
async function played(page) {
  await push(page, page.locator(".send"));
  await push(page, page.locator(".play"));
  await page.keyboard.press("End");
  await page.locator(".play use[href='#i-play']").waitFor();
}

/** Back to the first events, and a power cut at the master. */
async function cutPowerInThePast(page) {
  await page.keyboard.press("Home");
  for (let steps = 0; steps < 3; steps += 1) await page.keyboard.press("ArrowRight");
  await push(page, page.locator("article.master > header .strike"));
  await push(page, page.getByRole("menuitem", { name: /power/i }));
  await push(page, page.locator(".play"));
}

for (const [name, options] of [["by mouse", {}], ["by touch at 390 px", phone]]) {
  test(`a change in the past leaves a branch, and undo takes it back, ${name}`, async () => {
    await visit({ reducedMotion: "reduce", ...options }, async (page) => {
      await played(page);
      const end = await line(page);
      assert.equal(await branches(page).count(), 0);
      await cutPowerInThePast(page);
      assert.equal(await branches(page).count(), 2);
      assert.equal(await branches(page).nth(1).getAttribute("aria-pressed"), "true");
      await push(page, branches(page).first());
      assert.equal(await line(page), end);
      assert.equal(await page.locator(".tl .faultflag").count(), 0);
      await push(page, branches(page).nth(1));
      assert.equal(await page.locator(".tl .faultflag").count(), 1);
      await push(page, page.getByRole("button", { name: "Undo" }));
      assert.equal(await branches(page).count(), 0);
      assert.equal(await page.locator(".tl .faultflag").count(), 0);
      await push(page, page.getByRole("button", { name: "Undo" }));
      assert.equal(await page.locator(".ledger tbody tr").count(), 0);
      assert.equal(await page.getByRole("button", { name: "Undo" }).getAttribute("aria-disabled"), "true");
    });
  });

  test(`a step goes to the kind that was chosen, ${name}`, async () => {
    await visit({ reducedMotion: "reduce", ...options }, async (page) => {
      await played(page);
      await page.keyboard.press("Home");
      await kinds(page).selectOption({ label: "deliveries" });
      await push(page, page.getByRole("button", { name: "Next event" }));
      assert.match(await line(page), /listener of c1 is given/);
      await push(page, page.getByRole("button", { name: "Next event" }));
      assert.match(await line(page), /CONSUME_SUCCESS/);
      await push(page, page.getByRole("button", { name: "Previous event" }));
      assert.match(await line(page), /listener of c1 is given/);
      await push(page, page.getByRole("button", { name: "Previous event" }));
      assert.match(await line(page), /No more of these that way: deliveries/);
    });
  });
}

test("keys alone: kinds, both ends, branches, undo", async () => {
  await visit({ reducedMotion: "reduce" }, async (page) => {
    await page.keyboard.press("s");
    await page.keyboard.press(" ");
    await page.keyboard.press("End");
    const last = await at(page);
    assert.ok(last > 5, `${last}`);
    await page.keyboard.press("Home");
    assert.equal(await at(page), 0);
    for (const kind of ["send", "append"]) {
      await page.keyboard.press("k");
      assert.equal(await kinds(page).inputValue(), kind);
    }
    await page.keyboard.press("ArrowRight");
    assert.match(await line(page), /page cache/);
    await page.keyboard.press("s");
    await page.keyboard.press(" ");
    assert.equal(await branches(page).count(), 2);
    await page.keyboard.press("b");
    assert.equal(await page.locator(".ledger tbody tr").count(), 1);
    await page.keyboard.press("b");
    assert.equal(await page.locator(".ledger tbody tr").count(), 2);
    await page.keyboard.press("Control+z");
    assert.equal(await page.locator(".ledger tbody tr").count(), 1);
    assert.equal(await branches(page).count(), 0);
    await page.keyboard.press("Control+z");
    assert.equal(await page.locator(".ledger tbody tr").count(), 0);
  });
});

test("in a field, Ctrl+Z is the field's own", async () => {
  await visit({ reducedMotion: "reduce" }, async (page) => {
    await played(page);
    await page.getByLabel("How many").or(page.locator(".send-how input")).first().focus();
    await page.keyboard.press("Control+z");
    assert.equal(await page.locator(".ledger tbody tr").count(), 1);
  });
});

test("the events can be read in words, and axe has nothing to say about it", async () => {
  for (const options of [{}, { theme: "dark", lang: "zh", ...phone }]) {
    await visit({ reducedMotion: "reduce", ...options }, async (page) => {
      await played(page);
      const toggle = page.locator(".tl-words .link-btn");
      await push(page, toggle);
      assert.equal(await toggle.getAttribute("aria-expanded"), "true");
      const rows = page.locator(".lately tbody tr");
      assert.equal(await rows.count(), await at(page));
      assert.match(await rows.last().innerText(), /p1/);
      assert.deepEqual(await violations(page), []);
      await push(page, toggle);
      assert.equal(await rows.count(), 0);
    });
  }
});

test("a broker's memory and disk, the name server, dispatch: each has its place", async () => {
  await visit({ reducedMotion: "reduce" }, async (page) => {
    await played(page);
    assert.deepEqual(await page.locator(".tl-lane").allTextContents(), ["p1", "broker-a/0", "broker-a/1", "c1", "namesrv/0"]);
    assert.ok((await page.locator(".tl .dispatch").count()) >= 1);
    assert.equal(await page.locator(".tl .on-disk[d^=M]").count(), 2);
  });
});

test("of a long run a window is drawn, and the whole is one slider away", async () => {
  await visit({ reducedMotion: "reduce" }, async (page) => {
    await page.locator(".send-how input").fill("50");
    await page.locator(".send-how input").press("Enter");
    await page.locator(".send").click();
    await page.locator(".play").click();
    await page.keyboard.press("End");
    const whole = page.locator(".whole");
    await whole.waitFor();
    const marks = await page.locator(".tl g[transform]").count();
    assert.ok(marks < 1_000, `${marks}`);
    const last = await at(page);
    assert.equal(Number(await whole.inputValue()), last);
    await whole.focus();
    await page.keyboard.press("Home");
    assert.equal(await at(page), 0);
    await page.keyboard.press("ArrowRight");
    const first = await at(page);
    assert.ok(first > 0 && first < 4, `${first}`);
    await page.keyboard.press("ArrowLeft");
    assert.equal(await at(page), 0);
    await page.keyboard.press("End");
    assert.equal(await at(page), last);
  });
});
