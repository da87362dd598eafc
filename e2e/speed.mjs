// What playing and seeking cost the main thread (rows 6 and 11 of the budgets), as a table. Gates nothing: run it on a calm machine.
// CPU time is the thread's own, so another process does not count; "to paint" is wall time.

import { open, start } from "./lib/lab.mjs";

const PLAYED_MS = 10_000;
const SEEKS = 200;
const lab = await start();

/** So many messages a millisecond apart, and then some more, a few at a time, to be played. */
function scenario(messages) {
  return {
    format: "loss-lab/1",
    brokers: [{ name: "broker-a", slaves: [{}] }],
    consumers: [{ name: "c1" }],
    script: [
      { at: 0, do: "send", count: messages, everyMs: 1 },
      { at: messages + 20_000, do: "send", count: 2_000, everyMs: 20 },
    ],
  };
}

/** The page with the scenario open, at the end of what is planned. */
async function opened(messages, options = {}) {
  const { page, close } = await open(lab, { init: count, width: 1440, ...options });
  await page.locator(".settings input[type=file]").waitFor({ state: "attached" });
  const buffer = Buffer.from(JSON.stringify(scenario(messages)));
  await page.locator("input[type=file]").setInputFiles({ name: "long.json", mimeType: "application/json", buffer });
  await page.locator(".conf-sum").waitFor();
  await page.keyboard.press("End");
  await page.locator(".whole").waitFor({ timeout: 120_000 });
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  const cpu = async () => {
    const { metrics } = await cdp.send("Performance.getMetrics");
    const of = (name) => 1_000 * metrics.find((metric) => metric.name === name).value;
    return { task: of("TaskDuration"), script: of("ScriptDuration"), style: of("RecalcStyleDuration") + of("LayoutDuration") };
  };
  return { page, cpu, close };
}

/** Counts the frames that the page asks for. */
function count() {
  globalThis.__frames = 0;
  const ask = requestAnimationFrame.bind(globalThis);
  globalThis.requestAnimationFrame = (then) =>
    ask((now) => {
      globalThis.__frames += 1;
      then(now);
    });
}

/** To the how-manieth event, as the slider of all events does it. */
const seek = (page, number) =>
  page.evaluate((number) => {
    const whole = document.querySelector(".whole");
    whole.value = number;
    whole.dispatchEvent(new Event("input", { bubbles: true }));
  }, number);

async function frames(messages) {
  const { page, cpu, close } = await opened(messages);
  const all = Number(await page.locator(".whole").getAttribute("max"));
  // Where the burst is over and every one of them has been consumed.
  await page.keyboard.press("Home");
  await seek(page, Math.round((all * messages) / (messages + 2_000)));
  await page.locator(".play").click();
  await page.waitForTimeout(1_000);
  const asked = () => page.evaluate(() => globalThis.__frames);
  const [before, from] = [await cpu(), await asked()];
  await page.waitForTimeout(PLAYED_MS);
  const [after, to] = [await cpu(), await asked()];
  // Of a frame on the screen: most of them are the compositor's, and the page is not asked.
  const each = (part) => ((after[part] - before[part]) / ((PLAYED_MS * 60) / 1_000)).toFixed(2);
  const row = { messages, "frames asked for": to - from, "CPU ms a frame": each("task"), "of it script": each("script"), "style and layout": each("style") };
  await close();
  return row;
}

async function seeks(messages) {
  const { page, cpu, close } = await opened(messages, { reducedMotion: "reduce" });
  const all = Number(await page.locator(".whole").getAttribute("max"));
  const before = await cpu();
  const took = await page.evaluate(
    async ([seeks, all]) => {
      const whole = document.querySelector(".whole");
      const took = [];
      let random = 1;
      for (let times = 0; times < seeks; times += 1) {
        random = (random * 48_271) % 2_147_483_647;
        whole.value = random % all;
        const began = performance.now();
        whole.dispatchEvent(new Event("input", { bubbles: true }));
        const computed = performance.now() - began;
        const painted = await new Promise((then) =>
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => then(performance.now() - began);
            port2.postMessage(0);
          }),
        );
        took.push([computed, painted]);
      }
      return took;
    },
    [SEEKS, all],
  );
  const after = await cpu();
  const part = (index, share) => took.map((one) => one[index]).sort((a, b) => a - b)[Math.floor(SEEKS * share)].toFixed(1);
  const row = {
    events: all,
    "handler p50": part(0, 0.5), "handler p95": part(0, 0.95),
    "to paint p50": part(1, 0.5), "to paint p95": part(1, 0.95),
    "CPU ms a seek": ((after.task - before.task) / SEEKS).toFixed(2),
  };
  await close();
  return row;
}

console.log("row 6: main-thread CPU per frame while playing; goals 2, 4 and 8 ms");
const played = [];
for (const messages of [50, 2_000, 10_000]) played.push(await frames(messages));
console.table(played);
console.log("row 11: seeking to random events; goals 2 ms to compute and 16.7 ms to paint, at p95");
console.table([await seeks(50), await seeks(10_000)]);
await lab.close();
