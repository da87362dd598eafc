// The lab under every look: forced colours, any width, and a run so long that only a window of it can be drawn.
// And what of a broker and of a run can be seen at all: every kind of queue, every kind of mark.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { open, start } from "../lib/lab.mjs";

let lab;
before(async () => {
  lab = await start();
});
after(() => lab.close());

async function visit(options, story) {
  const { page, errors, foreign, close } = await open(lab, { reducedMotion: "reduce", ...options });
  await page.locator(".settings .conf").waitFor();
  await story(page);
  assert.deepEqual(errors, []);
  assert.deepEqual(foreign, []);
  await close();
}

const MASTER = "article.master";
const rest = (page) => page.locator(".play use[href='#i-play']").waitFor({ timeout: 45_000 });

/** Opens a scenario file and runs it to its end. */
async function run(page, scenario) {
  const buffer = Buffer.from(JSON.stringify({ format: "loss-lab/1", ...scenario }));
  await page.locator(".settings input[type=file]").setInputFiles({ name: "run.json", mimeType: "application/json", buffer });
  await page.locator(".why-line", { hasText: /The scenario is open|场景已打开/ }).waitFor();
  await page.keyboard.press("End");
  await rest(page);
}

const styles = (page, where, ...names) =>
  page.locator(where).first().evaluate((one, names) => names.map((name) => getComputedStyle(one)[name]), names);

for (const theme of ["light", "dark"]) {
  test(`in forced colours what is picked, pressed, lost, taken and in memory differs by more than its colour, ${theme}`, async () => {
    await visit({ forcedColors: "active", theme }, async (page) => {
      await page.locator(".send").click();
      await page.locator(".play").click();
      const cached = page.locator(`${MASTER} .place-cache .slots .msg`);
      for (let steps = 0; steps < 40 && (await cached.count()) === 0; steps += 1) await page.keyboard.press("ArrowRight");
      await cached.first().click();
      const [system] = await page.evaluate(() => {
        const probe = document.createElement("p");
        probe.style.cssText = "color: CanvasText; background: Highlight";
        document.body.append(probe);
        const { color, backgroundColor } = getComputedStyle(probe);
        probe.remove();
        return [{ ink: color, highlight: backgroundColor }];
      });
      // Picked: an outline. In memory: dashed. Pressed: Highlight.
      assert.deepEqual((await styles(page, `${MASTER} .msg.is-picked`, "outlineStyle", "borderTopStyle")), ["solid", "dashed"]);
      assert.deepEqual(await styles(page, ".seg button[aria-pressed='true']", "backgroundColor"), [system.highlight]);
      assert.notDeepEqual(await styles(page, ".seg button[aria-pressed='false']", "backgroundColor"), [system.highlight]);
      // What an SVG draws is not forced by the browser: the words in the lanes are the system's ink.
      assert.deepEqual(await styles(page, ".tl .tl-lane", "fill"), [system.ink]);
      assert.deepEqual(await styles(page, ".tl .ev use", "fill"), [system.ink]);
      assert.equal((await styles(page, ".msg .mark", "fill", "stroke")).includes(system.ink), true);
      await page.locator(`${MASTER} > header .strike`).click();
      await page.getByRole("menuitem", { name: /^Cut power/ }).click();
      // Lost: struck through, with a cross. Down: the name is struck, the frame broken.
      await page.locator(`${MASTER} .lost-here .msg`).waitFor();
      assert.match((await styles(page, `${MASTER} .lost-here .msg b`, "textDecorationLine"))[0], /line-through/);
      assert.equal(await page.locator(`${MASTER} .lost-here .msg use[href='#i-cross']`).count(), 1);
      assert.deepEqual(await styles(page, MASTER, "borderTopStyle"), ["dashed"]);
      // Taken just now: Highlight.
      await page.getByRole("button", { name: "show me SEND_OK" }).click();
      await page.locator(".card li.now").waitFor({ timeout: 45_000 });
      assert.deepEqual(await styles(page, ".card li.now", "backgroundColor"), [system.highlight]);
    });
  });
}

test("from 320 to 1920 px nothing needs a sideways scroll, in the middle of things", async () => {
  for (const lang of ["en", "zh"]) {
    await visit({ lang, width: 1440 }, async (page) => {
      await run(page, {
        producers: [{ name: "p1" }, { name: "orders-web-2" }],
        brokers: [{ name: "broker-a", slaves: [{}, {}] }, { name: "broker-b" }],
        consumers: [{ name: "c1" }, { name: "c2", group: "DG" }],
        script: [{ at: 0, do: "send", count: 20, everyMs: 1 }, { at: 300, do: "power-loss", node: "broker-b/0" }],
        until: 5_000,
      });
      await page.locator(".ledger .msg").first().click();
      for (const lens of [0, 1, 2, 3]) {
        await page.locator(".lenses button").nth(lens).click();
        for (const width of [320, 390, 640, 641, 768, 1024, 1279, 1280, 1440, 1920]) {
          await page.setViewportSize({ width, height: 900 });
          const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(over <= 0, `${over} px too wide at ${width}, lens ${lens}, ${lang}`);
        }
      }
    });
  }
});

test("of a run of a hundred thousand events only what is visible is drawn, and every event is in reach", async () => {
  await visit({}, async (page) => {
    await run(page, { brokers: [{ name: "broker-a", slaves: [{}] }], consumers: [{ name: "c1" }], script: [{ at: 0, do: "send", count: 8_000, everyMs: 1 }] });
    const whole = page.locator(".whole");
    const last = Number(await whole.getAttribute("max"));
    assert.ok(last > 80_000, `${last} told events`);
    await page.getByRole("button", { name: "Events in words" }).click();
    for (const key of ["Home", "End"]) {
      await whole.focus();
      await page.keyboard.press(key);
      const drawn = await page.evaluate(() => [".tl g[transform]", ".ledger tbody tr", ".lately tbody tr", "*"].map((what) => document.querySelectorAll(what).length));
      for (const [index, most] of [600, 20, 60, 6_000].entries()) assert.ok(drawn[index] <= most, `${drawn}`);
    }
    await whole.evaluate((slider) => {
      slider.value = 50_000;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    });
    const at = Number(await page.locator(".seek").getAttribute("aria-valuenow"));
    assert.ok(Math.abs(at - 50_000) < 10, `${at}`);
    assert.equal(await page.locator(".lately [aria-current='time']").count(), 1);
  });
});

test("retry and dead-letter queues, delay levels, half messages and locks are seen through a lens", async () => {
  await visit({}, async (page) => {
    const queues = page.locator(`${MASTER} .queues`);
    const one = async (scenario, ...words) => {
      await run(page, scenario);
      for (const word of words) assert.match(await queues.innerText(), word);
    };
    await page.getByRole("button", { name: "Consumption" }).click();
    const send = { at: 0, do: "send" };
    await one(
      { consumers: [{ name: "c1", conf: { maxReconsumeTimes: 1 } }], script: [{ at: 0, do: "consume-result", consumer: "c1", result: "RECONSUME_LATER", times: 9 }, { ...send, at: 1 }] },
      /%RETRY%/, /%DLQ%/, /SCHEDULE_TOPIC_XXXX/,
    );
    await page.locator(".group .dead .msg").waitFor();
    await one({ consumers: [{ name: "c1" }], script: [{ ...send, delayLevel: 2 }] }, /SCHEDULE_TOPIC_XXXX\/1/, /delay level 2/);
    await one({ consumers: [{ name: "c1" }], script: [{ ...send, transaction: { local: "COMMIT_MESSAGE", check: [] } }] }, /RMQ_SYS_TRANS_HALF_TOPIC/, /RMQ_SYS_TRANS_OP_HALF_TOPIC/);
    await one({ consumers: [{ name: "c1", listener: "orderly" }], script: [send] }, /locked by c1/);
  });
});

test("the timeline has a mark for each thing that happens", async () => {
  await visit({}, async (page) => {
    await run(page, {
      brokers: [{ name: "broker-a", slaves: [{}] }],
      consumers: [{ name: "c1" }],
      script: [{ at: 0, do: "send" }, { at: 200, do: "crash", node: "broker-a/1" }, { at: 11_000, do: "stop-consumer", consumer: "c1" }, { at: 11_100, do: "send" }, { at: 11_150, do: "power-loss", node: "broker-a/0" }],
      until: 20_000,
    });
    for (const mark of [".ev", ".arr", ".arr.ackline", ".fsync", ".dispatch", ".okmark", ".faultflag", ".lostmark", ".downspan"]) {
      assert.ok((await page.locator(`.tl ${mark}`).count()) >= 1, mark);
    }
    // Producer to master, and master to slave.
    const from = await page.locator(".tl g[transform]:has(> .arr:not(.ackline))").evaluateAll((all) => new Set(all.map((one) => one.getAttribute("transform").split(" ")[1])).size);
    assert.ok(from >= 2, `arrows from ${from} lanes`);
  });
});

test("one polite region says what happens, and nodes, places and messages have names", async () => {
  await visit({}, async (page) => {
    await page.evaluate(() => {
      globalThis.__said = new Set();
      for (const one of document.querySelectorAll("[role=status], [role=alert], [aria-live]")) {
        new MutationObserver(() => globalThis.__said.add(one.className)).observe(one, { childList: true, subtree: true, characterData: true });
      }
    });
    await page.locator(".send").click();
    await page.locator(".play").click();
    for (let steps = 0; steps < 8; steps += 1) await page.keyboard.press("ArrowRight");
    assert.deepEqual(await page.evaluate(() => [...globalThis.__said]), ["why-line"]);
    const tree = await page.locator(".stage").ariaSnapshot();
    for (const words of [/article "Producer p1"/, /article "Broker broker-a\/0"/, /article "Consumer c1"/, /group "Consumer group CG"/, /button "Faults of broker-a\/0"/, /button "m1, in the page cache/]) assert.match(tree, words);
    assert.equal(await page.locator("svg.tl").getAttribute("role"), "img");
    assert.match(await page.locator("svg.tl").getAttribute("aria-label"), /5 lanes, 1 messages/);
  });
});
