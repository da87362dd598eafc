// The same things done by mouse, by keyboard alone, and by touch at 390 px: each story is told three times.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { open, start } from "../lib/lab.mjs";

let lab;
before(async () => {
  lab = await start();
});
after(() => lab.close());

/** The keyboard's way to a thing: a Tab stop, or within a menu or dialog that the keyboard has opened. */
async function reach(one) {
  await one.waitFor();
  assert.ok(await one.evaluate((element) => element.tabIndex >= 0 || element.closest("[role=menu]") !== null), "no way there by keyboard");
  await one.focus();
}

const hands = [
  {
    name: "by mouse",
    options: { width: 1440 },
    push: (one) => one.click(),
    choose: (list, label) => list.selectOption({ label }),
    write: async (field, text) => {
      await field.fill(text);
      await field.blur();
    },
  },
  {
    name: "by keyboard alone",
    options: { width: 1440 },
    push: async (one) => {
      await reach(one);
      await one.press("Enter");
    },
    choose: async (list, label) => {
      await reach(list);
      const says = () => list.evaluate((element) => element.selectedOptions[0].textContent);
      for (const key of ["ArrowDown", "ArrowUp"]) {
        for (let times = 0; times < 40 && (await says()) !== label; times += 1) await list.press(key);
      }
      assert.equal(await says(), label);
    },
    write: async (field, text) => {
      await reach(field);
      await field.press("Control+A");
      await field.pressSequentially(text);
      await field.press("Tab");
    },
  },
  {
    name: "by touch at 390 px",
    options: { width: 390, height: 844, hasTouch: true, isMobile: true },
    push: (one) => one.tap(),
    choose: (list, label) => list.selectOption({ label }),
    write: async (field, text) => {
      await field.tap();
      await field.fill(text);
      await field.blur();
    },
  },
];

const MASTER = "article.master";
const play = (page) => page.locator(".play");
const rest = (page) => page.locator(".play use[href='#i-play']").waitFor({ timeout: 45_000 });
const rows = (page) => page.locator(".ledger tbody tr");
const button = (page, name) => page.getByRole("button", { name, exact: true });
const line = (page) => page.locator(".why-line").innerText();
const lens = (page, name) => page.locator(".lenses").getByRole("button", { name });
const at = (page) => page.locator(".seek").getAttribute("aria-valuenow").then(Number);

/** Sends, pauses, and steps with the button until a place holds a message. */
async function sendUntil(page, hand, where) {
  await hand.push(page.locator(".send"));
  if (await page.locator(".play use[href='#i-pause']").count()) await hand.push(play(page));
  for (let steps = 0; steps < 40 && (await where.count()) === 0; steps += 1) await hand.push(button(page, "Next event"));
  await where.first().waitFor();
}

/** Sends and is there when nothing is left to happen. */
async function sendToTheEnd(page, hand) {
  await hand.push(page.locator(".send"));
  await page.keyboard.press("End");
  await rest(page);
}

const stories = {
  "a message is picked, ringed everywhere in its own colour and shape, and tells its story": async (page, hand) => {
    const cached = page.locator(`${MASTER} .place-cache .slots .msg`);
    await sendUntil(page, hand, cached);
    await hand.push(cached.first());
    const flying = page.locator(".fly .msg.is-picked[aria-pressed='true']");
    for (let steps = 0; steps < 20 && (await flying.count()) === 0; steps += 1) await hand.push(button(page, "Previous event"));
    await flying.first().waitFor();
    for (let steps = 0; steps < 40 && (await cached.count()) === 0; steps += 1) await hand.push(button(page, "Next event"));
    await page.locator(`${MASTER} .place-cache .msg.is-picked[aria-pressed='true']`).waitFor();
    await page.locator(".ledger tr.is-picked[aria-current='true'] .msg.is-picked").waitFor();
    assert.equal(await page.locator(".tl .pickring").count(), 1);
    assert.ok((await page.locator(".tl .arr.is-picked").count()) >= 1);
    await hand.push(lens(page, "Storage"));
    await page.locator(`${MASTER} .cell.is-picked`).waitFor();
    const identity = (where) => page.locator(where).first().evaluate((one) => [one.className.match(/\bh\d/)[0], one.querySelector("use").getAttribute("href")]);
    const mine = await identity(`${MASTER} .place-cache .msg`);
    for (const where of [".ledger .msg", `${MASTER} .cell`, ".tale .mref"]) assert.deepEqual(await identity(where), mine, where);
    const tale = page.locator(".tale li");
    assert.ok((await tale.count()) >= 3);
    await hand.push(tale.last().getByRole("button", { name: "Why?" }));
    await page.getByRole("heading", { name: /^Why: / }).waitFor();
    await hand.push(page.locator(".tale header .link-btn"));
    await hand.push(page.locator(".tale header .link-btn"));
    await page.locator(".tale").waitFor({ state: "detached" });
    assert.equal(await page.locator(".is-picked").count(), 0);
  },

  "a lens opens the brokers into their parts": async (page, hand) => {
    await sendToTheEnd(page, hand);
    await hand.push(lens(page, "Storage"));
    const marks = page.locator(`${MASTER} .inside .marks code`);
    const [wrote, flushed] = (await marks.allInnerTexts()).map(Number);
    assert.ok(wrote > 0 && wrote === flushed, `${wrote} written, ${flushed} flushed`);
    await hand.push(lens(page, "Replication"));
    const ends = (await page.locator(`${MASTER} .replicas li > code:last-of-type`).allInnerTexts()).map(Number);
    assert.deepEqual(ends, [wrote, wrote]);
    await hand.push(lens(page, "Consumption"));
    assert.match(await page.locator(`${MASTER} .queues`).innerText(), /Orders\/0\s+0\s+1\s+1/);
    await hand.push(lens(page, "Overview"));
    assert.equal(await page.locator(".inside").count(), 0);
    await hand.push(page.locator(".as-table summary"));
    assert.match(await page.locator(".as-table tbody").innerText(), /broker-a\/0[\s\S]*m1/);
  },

  "a status is explained, shown, collected, forgotten": async (page, hand) => {
    const row = page.locator(".card li", { has: page.locator(".what", { hasText: /^FLUSH_DISK_TIMEOUT$/ }) });
    await hand.push(row.locator(".what"));
    assert.match(await page.locator(".explained").innerText(), /syncFlushTimeout/);
    await hand.push(row.locator(".show"));
    await page.locator(".card li.now", { hasText: "FLUSH_DISK_TIMEOUT" }).waitFor({ timeout: 60_000 });
    await rest(page);
    assert.match(await page.locator(".status .panel-head p").innerText(), /^[1-9]\d* of 20 seen/);
    // What the run on screen has taken is seen again.
    await hand.push(button(page, "Start over with nothing sent"));
    await hand.push(button(page, "Forget what was seen"));
    assert.equal(await page.locator(".status .panel-head p").innerText(), "0 of 20 seen");
  },

  "the ledger is sorted and filtered, and says what could be lost before it is": async (page, hand) => {
    await hand.write(page.locator(".send-how input"), "3");
    await sendUntil(page, hand, page.locator(".ledger .faults"));
    assert.match(await page.locator(".ledger .faults").first().innerText(), /power cut|process kill|disk loss/);
    await page.keyboard.press("End");
    await rest(page);
    assert.match(await rows(page).first().innerText(), /m3/);
    await hand.choose(page.getByLabel("Sort"), "Oldest first");
    assert.match(await rows(page).first().innerText(), /m1/);
    const consumed = page.locator(".ledger .tally button", { hasText: /3 consumed/i });
    await hand.push(consumed);
    assert.equal(await consumed.getAttribute("aria-pressed"), "true");
    assert.equal(await rows(page).count(), 3);
    await hand.push(consumed);
    assert.equal(await page.locator(".ledger .tally [aria-pressed='true']").count(), 0);
  },

  "a fault says what it would lose now, and loses that": async (page, hand) => {
    await sendUntil(page, hand, page.locator(`${MASTER} .place-cache .slots .msg`));
    await hand.push(page.locator(`${MASTER} > header .strike`));
    const item = (name) => page.getByRole("menuitem", { name });
    assert.equal(await item(/^Kill process/).locator(".nothing").count(), 1);
    assert.match(await item(/^Cut power/).locator(".loses").innerText(), /m1/);
    await hand.push(item(/^Cut power/));
    await page.locator(`${MASTER} .lost-here .msg`).waitFor();
    assert.equal(await page.locator(".tl .faultflag").count(), 1);
    assert.ok((await page.locator(".tl .lostmark").count()) >= 1);
    await rows(page).first().getByText(/Lost/).first().waitFor();
    await hand.push(button(page, "Undo"));
    assert.equal(await page.locator(".tl .faultflag").count(), 0);
  },

  "one goes to any event of the run and back, and reads them all in words": async (page, hand) => {
    await hand.write(page.locator(".send-how input"), "8");
    await sendToTheEnd(page, hand);
    const last = await at(page);
    assert.ok(last > 60, `${last}`);
    await hand.push(button(page, "Events in words"));
    const listed = page.locator(".lately tbody tr");
    const pages = () => page.locator(".time .pager").innerText();
    assert.match(await pages(), new RegExp(`61–${last} of ${last}`));
    await hand.push(button(page, "Earlier events"));
    assert.match(await pages(), new RegExp(`1–60 of ${last}`));
    assert.match(await listed.last().innerText(), /p1/);
    await hand.push(listed.last().locator(".link-btn"));
    // What happens in one step is told in one.
    const first = await at(page);
    assert.ok(first === 1 || first === 2, `${first}`);
    assert.equal(await listed.nth(60 - first).getAttribute("aria-current"), "time");
    assert.equal(await page.locator(".lately .is-ahead").count(), 60 - first);
    await hand.push(button(page, "Next event"));
    assert.ok((await at(page)) > first);
    await hand.push(button(page, "Previous event"));
    assert.equal(await at(page), first);
    await hand.choose(page.getByLabel("Step to", { exact: true }), "fsync");
    await hand.push(button(page, "Next event"));
    assert.match(await line(page), /disk/);
    await hand.push(button(page, "Back to the start"));
    assert.equal(await at(page), 0);
    await hand.push(play(page));
    await page.locator(".play use[href='#i-pause']").waitFor();
  },

  "a key is set, found on its paper, and default again; a broker.conf is pasted": async (page, hand) => {
    const settings = page.locator(".settings");
    await hand.push(settings.getByRole("button", { name: "SYNC_FLUSH", exact: true }));
    assert.match(await page.locator(".conf mark").innerText(), /flushDiskType=SYNC_FLUSH/);
    await hand.push(button(page, "Reset all to defaults"));
    assert.equal(await page.locator(".conf mark").count(), 0);
    await hand.push(settings.getByRole("button", { name: "4.9", exact: true }));
    assert.match(await page.locator(".conf-sum").innerText(), /4\.9\.8/);
    await hand.push(button(page, "All keys …"));
    await hand.write(page.getByRole("searchbox"), "pullBatchSize");
    await hand.write(page.getByLabel("pullBatchSize", { exact: true }), "8");
    await page.locator(".every-key .is-changed").waitFor();
    await hand.push(page.locator(".conf").getByRole("button", { name: "Consumer", exact: true }));
    assert.match(await page.locator(".conf pre").innerText(), /setPullBatchSize\(8\)/);
    await hand.push(page.locator(".paste summary"));
    await hand.write(page.getByLabel("Paste a broker.conf"), "brokerRole=SYNC_MASTER");
    await hand.push(button(page, "Apply"));
    assert.match(await page.locator(".paste .report").innerText(), /1 line applied/);
    assert.match(await page.locator(".conf-sum").innerText(), /SYNC_MASTER/);
    const [download] = await Promise.all([page.waitForEvent("download"), hand.push(button(page, "Save"))]);
    assert.equal(download.suggestedFilename(), "loss-lab.json");
  },

  "another producer is added and sends with its own button": async (page, hand) => {
    await hand.push(button(page, "Add or change nodes …"));
    await hand.choose(page.locator("#bench-what"), "Add a producer");
    await hand.push(page.locator("#bench-form button[type=submit]"));
    await page.locator("#bench").waitFor({ state: "hidden" });
    const second = page.locator("article.producer", { has: page.locator("h3", { hasText: /^p2$/ }) });
    await hand.push(second.locator(".send-by"));
    await page.keyboard.press("End");
    await rest(page);
    assert.match(await rows(page).first().innerText(), /m1[\s\S]*SEND_OK/);
    await hand.push(rows(page).first().locator(".msg"));
    assert.match(await page.locator(".tale li").first().innerText(), /p2/);
  },

  "language and theme change, and the run stays": async (page, hand) => {
    await sendToTheEnd(page, hand);
    await hand.push(button(page, "中文"));
    await page.getByRole("heading", { name: "账本" }).waitFor();
    assert.equal(await rows(page).count(), 1);
    const theme = () => page.locator("html").getAttribute("data-theme");
    assert.equal(await theme(), "light");
    await hand.push(page.locator(".top-tools button").last());
    assert.equal(await theme(), "dark");
    assert.equal(await rows(page).count(), 1);
  },
};

for (const hand of hands) {
  describe(hand.name, () => {
    for (const [name, story] of Object.entries(stories)) {
      test(name, async () => {
        const { page, errors, foreign, close } = await open(lab, { reducedMotion: "reduce", ...hand.options });
        await page.locator(".settings .conf").waitFor();
        await story(page, hand);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${wide} pixels too wide`);
        assert.deepEqual(errors, []);
        assert.deepEqual(foreign, []);
        await close();
      });
    }
  });
}

/** Presses and drags the playhead; by touch it is the browser's own touch events. */
async function drag(page, hand, from, to) {
  const drawing = await page.locator("svg.tl").boundingBox();
  const place = (part) => [drawing.x + drawing.width * part, drawing.y + 60];
  const steps = [0, 0.25, 0.5, 0.75, 1].map((part) => place(from + (to - from) * part));
  if (!hand.options.hasTouch) {
    await page.mouse.move(...steps[0]);
    await page.mouse.down();
    for (const step of steps) await page.mouse.move(...step);
    await page.mouse.up();
    return;
  }
  await page.touchscreen.tap(...steps.at(-1));
}

for (const hand of [hands[0], hands[2]]) {
  test(`the playhead goes where the pointer takes it, ${hand.name}`, async () => {
    const { page, close } = await open(lab, { reducedMotion: "reduce", ...hand.options });
    await sendToTheEnd(page, hand);
    const last = await at(page);
    await page.locator("svg.tl").scrollIntoViewIfNeeded();
    await page.locator(".tl-wrap").evaluate((box) => (box.scrollLeft = 0));
    await drag(page, hand, 0.5, 0.16);
    const early = await at(page);
    assert.ok(early > 0 && early < last, `${early} of ${last}`);
    await drag(page, hand, 0.16, 0.112);
    assert.ok((await at(page)) < early);
    await close();
  });
}

test("by keyboard alone: the playhead is a slider", async () => {
  const { page, close } = await open(lab, { reducedMotion: "reduce" });
  await sendToTheEnd(page, hands[1]);
  const slider = page.getByRole("slider", { name: "Playhead" });
  const last = await at(page);
  await slider.focus();
  await page.keyboard.press("Home");
  assert.equal(await at(page), 0);
  await page.keyboard.press("ArrowRight");
  const first = await at(page);
  assert.ok(first > 0 && first < last, `${first}`);
  await page.keyboard.press("ArrowLeft");
  assert.equal(await at(page), 0);
  await page.keyboard.press("End");
  assert.equal(await at(page), last);
  assert.match(await slider.getAttribute("aria-valuetext"), /s$/);
  await close();
});

test("with Tab alone one comes to everything that can be pressed in the lab", async () => {
  const { page, close } = await open(lab, { reducedMotion: "reduce" });
  await page.locator(".settings .conf").waitFor();
  await sendToTheEnd(page, hands[1]);
  const wanted = await page.evaluate(() => {
    const seen = (one) => one.checkVisibility() && !one.closest("dialog, [inert]") && !one.disabled;
    const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [role=slider]")].filter(seen);
    all.forEach((one, index) => (one.dataset.stop = index));
    document.activeElement.blur();
    return all.length;
  });
  const reached = new Set();
  for (let presses = 0; presses < wanted + 40; presses += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => document.activeElement?.dataset?.stop);
    if (stop !== undefined) reached.add(stop);
  }
  const missed = await page.evaluate(
    (reached) => [...document.querySelectorAll("[data-stop]")].filter((one) => !reached.includes(one.dataset.stop)).map((one) => one.outerHTML.slice(0, 120)),
    [...reached],
  );
  assert.deepEqual(missed, []);
  assert.ok(reached.size > 60, `${reached.size}`);
  await close();
});
