// The lab in somebody else's page: each way in, ten at once, and hosts that mean ill.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { mkdtemp, writeFile } from "node:fs/promises";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { violations } from "../lib/axe.mjs";
import { watch } from "../lib/idle.mjs";
import { open, start } from "../lib/lab.mjs";
import { dist, serve } from "../lib/server.mjs";

let lab;
let kept;
before(async () => {
  lab = await start();
  kept = await cached(dist);
});
after(() => Promise.all([lab.close(), kept.close()]));

/** The lab as a host that lets browsers keep files serves it. */
async function cached(folder) {
  const served = [];
  const types = { html: "text/html; charset=utf-8", js: "text/javascript; charset=utf-8", wasm: "application/wasm" };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const path = pathname === "/" ? "/index.html" : pathname;
    try {
      const body = readFileSync(join(folder, path));
      // The service worker asks whether what the browser has is still right.
      const etag = `"${createHash("sha256").update(body).digest("hex")}"`;
      const known = request.headers["if-none-match"] === etag;
      if (!known) served.push(pathname);
      response.writeHead(known ? 304 : 200, { "content-type": types[path.split(".").pop()] ?? "text/plain", "cache-control": "max-age=3600", etag });
      response.end(known ? undefined : body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    served,
    close: () => new Promise((closed) => (server.close(closed), server.closeAllConnections())),
  };
}

const policy = (url) => `default-src 'none'; script-src 'unsafe-inline' ${url}; style-src 'unsafe-inline'; frame-src ${url}`;

/** A page of another origin with this in its body, opened. */
async function host(body, { url = kept.url, csp = policy(url), init, given, ...context } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "host-"));
  const head = csp ? `<meta http-equiv="Content-Security-Policy" content="${csp}">` : "";
  await writeFile(join(folder, "index.html"), `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title><link rel="icon" href="data:,">${head}</head><body><main><h1>Host</h1>${body}</main></body></html>`);
  const site = await serve(folder);
  const visit = await lab.browser.newContext({ viewport: { width: 1000, height: 800 }, ...context });
  const page = await visit.newPage();
  const errors = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(`${error}`));
  if (init) await page.addInitScript(init, given);
  await page.goto(site.url);
  return { page, errors, site, close: () => Promise.all([visit.close(), site.close()]) };
}

const script = () => `<script src="${kept.url}loss-lab-embed.js" async></script>`;
const embedded = (page, nth = 0) => page.frames().filter((frame) => frame.url().includes("#/embed"))[nth];

async function stands(page, nth = 0) {
  await page.waitForFunction((nth) => document.querySelectorAll("loss-lab").length > nth, nth);
  await assertEventually(() => embedded(page, nth));
  await embedded(page, nth).locator(".embed-bar").waitFor();
  return embedded(page, nth);
}

async function assertEventually(found) {
  for (let tries = 0; tries < 100 && !found(); tries += 1) await new Promise((go) => setTimeout(go, 100));
  assert.ok(found());
}

test("an element shows its scenario at its step, is as high as its content, and takes nothing", async () => {
  const { page, errors, close } = await host(`<style>button{color:red!important;font-size:40px!important}</style><input id="mine" aria-label="mine" autofocus>${script()}<loss-lab scenario="crash-async-flush" step="3" view="stage ledger" lang="zh"></loss-lab>`);
  const frame = await stands(page);
  await frame.locator(".ledger .msg", { hasText: "m1" }).first().waitFor();
  assert.equal(await frame.locator("html").getAttribute("lang"), "zh-Hans");
  const [own, content] = [await page.locator("loss-lab").evaluate((one) => one.offsetHeight), await frame.locator("body").evaluate((body) => body.offsetHeight)];
  assert.ok(Math.abs(own - content) <= 2, `${own} for ${content}`);
  assert.notEqual(await frame.locator(".embed-bar .play").evaluate((one) => getComputedStyle(one).fontSize), "40px");
  for (const width of [1000, 420]) {
    await page.setViewportSize({ width, height: 800 });
    const [place, is] = await page.locator("loss-lab").evaluate((one) => [one.parentElement.clientWidth, one.shadowRoot.querySelector("iframe").clientWidth]);
    assert.equal(is, place, "as wide as its place");
    assert.equal(await frame.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
  }
  assert.equal(await page.evaluate(() => document.activeElement.id), "mine");
  const told = () => frame.locator("body").innerText();
  const before = await told();
  await page.keyboard.press("ArrowLeft");
  assert.equal(await told(), before, "keys are the page's");
  assert.equal(await page.evaluate(() => scrollY), 0);
  assert.deepEqual(errors, []);
  // axe writes to frames of its own accord, and Chromium complains of that.
  assert.deepEqual(await violations(page), []);
  await close();
});

test("an iframe alone does the same", async () => {
  const { page, errors, close } = await host(`<iframe title="lab" src="${kept.url}index.html#/embed?scenario=crash-async-flush&amp;step=3&amp;view=stage" width="900" height="500"></iframe>`);
  await assertEventually(() => embedded(page));
  await embedded(page).locator(".embed-bar").waitFor();
  await embedded(page).locator("article.master").waitFor();
  assert.equal(await embedded(page).locator(".ledger").count(), 0);
  assert.deepEqual(errors, []);
  await close();
});

test("it follows the page's colours", async () => {
  const { page, close } = await host(`<style>html.dark{color-scheme:dark;background:#111}</style>${script()}<loss-lab scenario="send-ok"></loss-lab>`);
  const frame = await stands(page);
  assert.equal(await frame.locator("html").getAttribute("data-theme"), "light");
  await page.evaluate(() => (document.documentElement.className = "dark"));
  await frame.locator("html[data-theme=dark]").waitFor({ state: "attached" });
  await close();
});

test("an iframe alone follows the colours that the page around it says it has, whatever the reader chose in the lab", async () => {
  for (const scheme of ["light", "dark"]) {
    // Without Playwright's own scheme, which every frame would follow.
    const { page, errors, close } = await host(
      `<style>html { color-scheme: ${scheme}; }</style><iframe title="lab" src="${kept.url}index.html#/embed?scenario=send-ok&amp;view=stage" width="900" height="500"></iframe>`,
      { colorScheme: null, init: (other) => localStorage.setItem("theme", other), given: scheme === "light" ? "dark" : "light" },
    );
    await assertEventually(() => embedded(page));
    const frame = embedded(page);
    await frame.locator(".embed-bar").waitFor();
    assert.equal(await frame.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches), scheme === "dark");
    const [red] = await frame.evaluate(() => getComputedStyle(document.body).color.match(/\d+/g).map(Number));
    assert.equal(red > 150, scheme === "dark", `its ink under ${scheme}: ${red}`);
    assert.deepEqual(errors, []);
    await close();
  }
});

test("the page that makes the lines: its fields say what the lines say, and the preview is dressed as the page is", async () => {
  for (const [lang, theme, spoken] of [["zh", "dark", "zh-Hans"], ["en", "light", "en"]]) {
    const { page, errors, close } = await open(lab, { lang, theme, hash: "#/embedding" });
    const root = page.frameLocator(".embedding iframe").locator(`html[lang=${spoken}][data-theme=${theme}]`);
    await root.locator(".embed-bar").waitFor();
    const scenario = await page.locator(".embedding select").first().inputValue();
    assert.equal(scenario, "crash-async-flush");
    assert.match(await page.locator(".embedding pre").first().innerText(), new RegExp(`scenario="${scenario}"`));
    assert.deepEqual(await violations(page.frames().find((frame) => frame.url().includes("?preview"))), []);
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 844 });
      const out = await page.evaluate(() => [...document.querySelectorAll(".embedding select, .embedding input, .embedding .seg, .embedding pre")].filter((one) => one.getBoundingClientRect().right > innerWidth).length);
      assert.equal(out, 0, `fields that end outside of ${width} px`);
    }
    assert.deepEqual(errors, []);
    await close();
  }
});

test("what is chosen on the page that makes the lines is in the lines and in the preview, for every tool", async () => {
  const { page, errors, close } = await open(lab, { hash: "#/embedding", permissions: ["clipboard-read", "clipboard-write"] });
  const preview = page.frameLocator(".embedding iframe");
  const lines = () => page.locator(".embedding pre").allInnerTexts();
  const choose = (name) => page.locator(".embedding .seg").getByRole("button", { name, exact: true }).click();
  await preview.locator("article.master").waitFor();
  assert.equal(await preview.locator(".ledger").count(), 0);

  await choose("Ledger");
  await preview.locator(".ledger").waitFor();
  await page.locator(".embedding input[inputmode=numeric]").fill("6");
  await page.locator(".embedding input[inputmode=numeric]").press("Enter");
  await preview.locator(".ledger .msg", { hasText: "m1" }).first().waitFor();
  await page.locator(".embedding select").first().selectOption("send-ok");
  await page.getByLabel("Where your copy of the lab lies").fill("https://docs.example/lab");
  await page.getByLabel("Where your copy of the lab lies").press("Tab");
  await page.locator(".embedding pre", { hasText: 'src="https://docs.example/lab/loss-lab-embed.js"' }).waitFor();
  assert.match((await lines()).join(), /<loss-lab scenario="send-ok" step="6" view="stage why ledger"><\/loss-lab>/);

  const pasted = {
    HTML: ["<script"],
    iframe: ["<iframe src="],
    mdBook: ["<script", "<loss-lab"],
    VitePress: ["head:", "<loss-lab"],
    Docusaurus: ["scripts:", "<loss-lab"],
    "reveal.js": ["<section>"],
  };
  for (const [tool, starts] of Object.entries(pasted)) {
    await choose(tool);
    await page.locator(".embedding .tools [aria-pressed=true]", { hasText: tool }).waitFor();
    const shown = await lines();
    assert.deepEqual(shown.map((text, nth) => text.startsWith(starts[nth])), starts.map(() => true), tool);
    for (const [nth, text] of shown.entries()) {
      await page.locator(".piece button").nth(nth).click();
      await page.locator(".piece button", { hasText: "Copied" }).waitFor();
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), text);
    }
  }
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(errors, []);
  await close();
});

test("commands are obeyed and events are told", async () => {
  const { page, close } = await host(`${script()}<loss-lab scenario="send-ok" view="stage"></loss-lab>`);
  await page.evaluate(() => {
    globalThis.heard = [];
    for (const name of ["ready", "step", "status", "verdict", "refused"]) {
      document.querySelector("loss-lab").addEventListener(name, ({ type, detail }) => globalThis.heard.push({ type, ...detail }));
    }
  });
  await stands(page);
  const heard = (want) => page.waitForFunction((want) => globalThis.heard.find((one) => Object.entries(want).every(([key, value]) => one[key] === value)), want);
  const element = (does) => page.evaluate(does);
  await element(() => document.querySelector("loss-lab").load("flushDiskType=SYNC_FLUSH&do=0:send*1", { at: 40 }));
  await heard({ type: "step", at: 40 });
  await heard({ type: "verdict", message: "m1" });
  await element(() => document.querySelector("loss-lab").seek({ at: 0 }));
  await heard({ type: "step", at: 0 });
  assert.equal(await page.evaluate(() => globalThis.heard.some(({ type }) => type === "status")), false);
  await element(() => document.querySelector("loss-lab").play());
  await heard({ type: "step", playing: true });
  await heard({ type: "status", status: "SEND_OK" });
  await element(() => document.querySelector("loss-lab").select("m77"));
  await heard({ type: "refused", why: "message" });
  await element(() => document.querySelector("loss-lab").set({ view: "ledger", lang: "zh" }));
  await embedded(page).locator("html[lang=zh-Hans] .ledger").waitFor();
  await close();
});

test("nobody but the named page is listened to, and nothing it says breaks the lab", async () => {
  const named = (origin) => `${kept.url}index.html?host=${encodeURIComponent(origin)}#/embed?scenario=send-ok`;
  const { page, site, close } = await host(`<iframe title="lab" id="one"></iframe><iframe title="lab" id="two"></iframe>`);
  const origin = new URL(site.url).origin;
  await page.evaluate(([one, two]) => {
    globalThis.heard = [];
    addEventListener("message", ({ data }) => globalThis.heard.push(data));
    document.querySelector("#one").src = one;
    document.querySelector("#two").src = two;
  }, [named(origin), named("https://elsewhere.example")]);
  await assertEventually(() => embedded(page, 1));
  for (const nth of [0, 1]) await embedded(page, nth).locator(".embed-bar").waitFor();
  await page.waitForFunction(() => globalThis.heard.some((one) => one.event === "ready"));
  assert.equal(await page.evaluate(() => globalThis.heard.filter((one) => one.event === "ready").length), 1, "the other embed tells us nothing");
  await page.evaluate(() => {
    const deep = {};
    for (let at = deep, n = 0; n < 200; n += 1) at = at.a = {};
    const all = [
      null, 1, "play", [], deep, new ArrayBuffer(1e6),
      { lossLab: 2, command: "play" }, { lossLab: "1", command: "play" }, { lossLab: 1 }, { lossLab: 1, command: "eval", code: "alert(1)" },
      { lossLab: 1, command: "load", scenario: "x".repeat(5e6) }, { lossLab: 1, command: "load", scenario: "<script>alert(1)</script>" },
      { lossLab: 1, command: "load", scenario: { toString: 1 } }, { lossLab: 1, command: "seek", at: Number.NaN }, { lossLab: 1, command: "seek", at: -1 },
      { lossLab: 1, command: "seek", at: 1e300 }, { lossLab: 1, command: "set", theme: "javascript:" }, { lossLab: 1, command: "set", key: "constructor", value: "1" },
    ];
    for (const id of ["one", "two"]) for (const words of all) document.getElementById(id).contentWindow.postMessage(words, "*");
    document.querySelector("#two").contentWindow.postMessage({ lossLab: 1, command: "play" }, "*");
  });
  await page.waitForFunction(() => globalThis.heard.filter((one) => one.event === "refused").length >= 10);
  for (const nth of [0, 1]) {
    const frame = embedded(page, nth);
    assert.equal(await frame.locator(".play use[href='#i-play']").count() > 0, true, "it does not play");
    await frame.locator(".embed-bar button").last().focus();
  }
  await close();
});

/** What all renderers hold, in MB, shared pages split among those who share them. */
function memory() {
  let kilobytes = 0;
  for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${id}/cmdline`, "utf8").includes("--type=renderer")) continue;
      kilobytes += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    } catch {
      // It has just ended.
    }
  }
  return kilobytes / 1000;
}

/** The same once nothing moves any more: the browser has pages of its own that are still starting. */
async function settled() {
  let [before, now] = [0, memory()];
  for (let tries = 0; tries < 20 && Math.abs(now - before) > 1; tries += 1) {
    await new Promise((go) => setTimeout(go, 500));
    [before, now] = [now, memory()];
  }
  return now;
}

test("row 16: ten on a page fetch the wasm once, stay under 150 MB, and do nothing out of sight", async () => {
  const ten = Array.from({ length: 10 }, (_, n) => `<loss-lab id="n${n}" scenario="crash-async-flush" step="${n}" view="stage ledger"></loss-lab>`);
  const { page, errors, close } = await host(ten.join("<p style='height:60vh'></p>"), { init: watch });
  const before = await settled();
  kept.served.length = 0;
  await page.addScriptTag({ url: `${kept.url}loss-lab-embed.js` });
  await stands(page);
  assert.ok(page.frames().length < 6, "those out of sight are not there yet");
  for (let n = 0; n < 10; n += 1) {
    await page.locator(`#n${n}`).scrollIntoViewIfNeeded();
    await stands(page, n);
  }
  const wasm = kept.served.filter((path) => path.endsWith(".wasm"));
  assert.deepEqual([...wasm].sort(), ["/loss-lab-app_bg.wasm", "/loss-lab-app_later.wasm"]);
  await (await page.context().newCDPSession(page)).send("HeapProfiler.collectGarbage");
  const grown = (await settled()) - before;
  console.log(`ten embeds: ${grown.toFixed(0)} MB`);
  await page.evaluate(() => document.querySelector("#n0").play());
  await page.waitForTimeout(1000);
  const asked = () => Promise.all(page.frames().map((frame) => frame.evaluate(() => globalThis.__asked.frames + globalThis.__asked.timers)));
  const first = await asked();
  await page.waitForTimeout(2000);
  assert.deepEqual(await asked(), first);
  assert.deepEqual(errors, []);
  assert.ok(grown <= 150, `${grown} MB`);
  const workers = await Promise.all(page.frames().map((frame) => frame.evaluate(() => navigator.serviceWorker?.getRegistrations().then((all) => all.length))));
  assert.ok(workers.every((count) => !count), "an embed keeps nothing for later, and starts no worker");
  await close();
});
