// The lab without a network: after one visit, and as one file from a USB stick.

import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { violations } from "../lib/axe.mjs";
import { mounted, open, start } from "../lib/lab.mjs";
import { dist, serve } from "../lib/server.mjs";

const single = pathToFileURL("target/dist/loss-lab.html").href;
let lab;

before(async () => {
  lab = await start();
});
after(() => lab.close());

test("after one visit the page works without a network", async () => {
  const { page, errors, close } = await open(lab, { keeps: true });
  await kept(page);
  await page.context().setOffline(true);
  await page.reload();
  await mounted(page);
  await sendOne(page);
  await page.getByRole("link", { name: "Fidelity" }).click();
  await page.locator(".recordings tbody tr").first().waitFor();
  await answerOne(page);
  await page.getByRole("link", { name: "Embed", exact: true }).click();
  await page.locator(".embedding pre").first().waitFor();
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(errors, []);
  await close();
});

test("a half-updated mix is never kept, and a new version comes whole", async () => {
  const folder = await mkdtemp(join(tmpdir(), "loss-lab-"));
  await cp(dist, folder, { recursive: true });
  const server = await serve(folder);
  const { page, close } = await open(lab, { server, keeps: true });
  await kept(page);
  const before = await caches(page);

  // A new version's worker is there, one of its files is not yet.
  const worker = await readFile(join(folder, "sw.js"), "utf8");
  const other = "0".repeat(64);
  await writeFile(join(folder, "sw.js"), worker.replace(/const VERSION = "\w+"/, `const VERSION = "${other}"`).replace(/("start\.js": ")\w+/, `$1${other}`));
  const failed = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const done = new Promise((go) =>
      registration.addEventListener("updatefound", () => {
        const coming = registration.installing;
        coming.addEventListener("statechange", () => go(coming.state));
      }),
    );
    await registration.update().catch(() => {});
    return done;
  });
  assert.equal(failed, "redundant");
  assert.deepEqual(await caches(page), before);
  await page.context().setOffline(true);
  await page.reload();
  await mounted(page);
  await sendOne(page);
  await close();
  await server.close();
  await rm(folder, { recursive: true });
});

test("the one file opens from a folder, without a network, with everything in it", async () => {
  for (const lang of ["en", "zh"]) {
    const { page, errors, foreign, close } = await open(lab, { at: single, offline: true, lang, reducedMotion: "reduce" });
    await sendOne(page);
    await page.locator(".why-ask").waitFor();
    assert.deepEqual(await violations(page), []);
    await page.evaluate(() => (location.hash = "#/embedding"));
    const preview = page.frameLocator(".embedding iframe");
    await preview.locator(".embed-bar .play").click();
    await preview.locator(".stage .msg", { hasText: "m1" }).first().waitFor();
    const way = await preview.locator(".embed-bar .open").getAttribute("href");
    assert.ok(way.startsWith(`${single}#/lab`), way);
    assert.match(await page.locator(".pieces").innerText(), /https:\/\/lab\.example\/loss-lab-embed\.js/);
    await page.evaluate(() => (location.hash = "#/fidelity"));
    await page.locator(".recordings tbody tr").first().waitFor();
    await answerOne(page);
    assert.deepEqual(await violations(page), []);
    const opened = page.waitForEvent("popup");
    await page.keyboard.press("n");
    const notes = await opened;
    await notes.locator("h1, h2").first().waitFor();
    await notes.close();
    await page.evaluate(() => (location.hash = "#/lessons/page-cache-and-disk/handout/5.3"));
    await page.locator(".handout .paper-step").first().waitFor();
    assert.deepEqual(errors, []);
    assert.deepEqual(foreign, []);
    await close();
  }
});

async function sendOne(page) {
  await page.keyboard.press("s");
  await page.locator(".ledger").getByText("SEND_OK").first().waitFor();
}

/** A step of a lesson: asked, guessed, answered; back to the question and to the step before with the clicker. */
async function answerOne(page) {
  await page.evaluate(() => (location.hash = "#/lessons/page-cache-and-disk/3"));
  await page.locator(".option").first().waitFor();
  await page.keyboard.press("1");
  await page.keyboard.press("PageDown");
  await page.locator(".option.is-right").waitFor();
  await page.keyboard.press("PageUp");
  await page.locator(".option.is-right").waitFor({ state: "detached" });
  await page.keyboard.press("ArrowLeft");
  await page.locator(".lesson-step", { hasText: /2/ }).waitFor();
}

/** The worker has everything. */
async function kept(page) {
  await page.evaluate(() => navigator.serviceWorker.ready);
}

/** What is kept, by name. */
function caches(page) {
  return page.evaluate(async () => {
    const names = await globalThis.caches.keys();
    return Promise.all(names.map(async (name) => [name, (await (await globalThis.caches.open(name)).keys()).length]));
  });
}
