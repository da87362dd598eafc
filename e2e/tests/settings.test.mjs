// Every key, the same as files and code, scenario files, and the sheet of keys. By mouse, by keyboard, by touch.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";

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
const every = (page) => page.getByRole("button", { name: "All keys …" }).click();
const search = (page, words) => page.getByRole("searchbox").fill(words);
const key = (page, name) => page.locator(".every-key .set", { has: page.getByLabel(name, { exact: true }) });
const paper = async (page, name) => {
  await page.locator(".conf").getByRole("button", { name, exact: true }).click();
  return page.locator(".conf pre").innerText();
};

test("every key is listed in RocketMQ's groups, and found by words", async () => {
  await visit({}, async (page) => {
    await every(page);
    assert.deepEqual(await page.locator(".every-key h4").allInnerTexts(), ["Broker store", "Broker", "Producer", "Consumer"]);
    const all = await page.locator(".every-key .set").count();
    assert.ok(all > 80, `${all}`);
    await search(page, "commit pages");
    assert.deepEqual(await page.locator(".every-key .name").allInnerTexts(), ["flushCommitLogLeastPages", "commitCommitLogLeastPages"]);
    assert.equal(await page.locator(".key-search [role=status]").innerText(), `2 of ${all} keys`);
  });
});

test("a key that is set is marked, said on its paper, and default again", async () => {
  await visit({}, async (page) => {
    await every(page);
    await search(page, "pullBatchSize");
    const field = page.getByLabel("pullBatchSize", { exact: true });
    await field.fill("8");
    await field.press("Enter");
    await page.locator(".every-key .is-changed").waitFor();
    assert.match(await paper(page, "Consumer"), /consumer\.setPullBatchSize\(8\);/);
    assert.match(await page.locator(".conf mark").innerText(), /setPullBatchSize/);
    assert.equal(await page.locator(".key-tools .changed").innerText(), "1 changed");
    await page.getByRole("button", { name: "Default pullBatchSize" }).click();
    assert.equal(await page.locator(".every-key .is-changed").count(), 0);
    assert.equal(await field.inputValue(), "32");
  });
});

test("all of them are default again with one press", async () => {
  await visit({}, async (page) => {
    await page.locator(".settings").getByRole("button", { name: "SYNC_FLUSH", exact: true }).click();
    await page.getByRole("switch", { name: "transientStorePoolEnable" }).click();
    await page.getByRole("button", { name: "Reset all to defaults" }).click();
    assert.match(await page.locator(".conf-sum").innerText(), /ASYNC_FLUSH/);
    assert.equal(await page.locator(".conf mark").count(), 0);
  });
});

test("a value that is none is refused in words, and the field says what stands", async () => {
  await visit({}, async (page) => {
    await every(page);
    await search(page, "pullBatchSize");
    const field = page.getByLabel("pullBatchSize", { exact: true });
    await field.fill("many");
    await field.press("Tab");
    assert.match(await key(page, "pullBatchSize").locator(".refused").innerText(), /whole number/);
    assert.equal(await field.inputValue(), "32");
    await field.fill("0");
    await field.press("Tab");
    assert.match(await key(page, "pullBatchSize").locator(".refused").innerText(), /between 1 and 1024/);
  });
});

test("a key says what differs between the versions, and that one version has not got it", async () => {
  await visit({}, async (page) => {
    await every(page);
    await search(page, "transactionCheckInterval");
    assert.match(await page.locator(".every-key .set").innerText(), /4\.9: 60000 ms, 5\.3: 30000 ms/);
    await search(page, "haSlaveFallbehindMax");
    assert.match(await page.locator(".every-key .set").innerText(), /only 4\.9/);
    assert.equal(await page.locator(".every-key .set input").count(), 0);
  });
});

test("a pasted broker.conf is applied; what is not taken says on which line", async () => {
  await visit({}, async (page) => {
    await page.locator(".paste summary").click();
    await page.getByLabel("Paste a broker.conf").fill("flushDiskType=SYNC_FLUSH\nflushDiskTyp=SYNC_FLUSH\nenableLmq=true\n");
    await page.getByRole("button", { name: "Apply" }).click();
    const report = await page.locator(".paste .report").innerText();
    assert.match(report, /2 lines applied/);
    assert.match(report, /Line 2 flushDiskTyp .*flushDiskType/);
    assert.match(report, /Line 3 enableLmq Kept/);
    assert.match(await page.locator(".conf-sum").innerText(), /SYNC_FLUSH/);
    assert.match(await paper(page, "broker.conf"), /enableLmq=true/);
    assert.match(await page.getByLabel("Paste a broker.conf").inputValue(), /flushDiskTyp=/);
  });
});

test("a run is saved as a file, and the file opens as the same run", async () => {
  await visit({}, async (page) => {
    await page.locator(".settings").getByRole("button", { name: "SYNC_FLUSH", exact: true }).click();
    await page.locator(".send").click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save", exact: true }).click()]);
    assert.equal(download.suggestedFilename(), "loss-lab.json");
    const path = await download.path();
    const text = await readFile(path, "utf8");
    const { format, script } = JSON.parse(text);
    assert.deepEqual([format, script.length], ["loss-lab/1", 1]);
    await page.reload();
    await page.locator(".settings").waitFor();
    await page.locator("input[type=file]").setInputFiles(path);
    await page.locator(".why-line", { hasText: "The scenario is open" }).waitFor();
    assert.match(await page.locator(".conf-sum").innerText(), /SYNC_FLUSH/);
    await page.keyboard.press(" ");
    await page.locator(".ledger tr", { hasText: "SEND_OK" }).waitFor({ timeout: 45_000 });
  });
});

test("a file that is wrong is not opened, and says where", async () => {
  await visit({}, async (page) => {
    await page.locator(".send").click();
    const buffer = Buffer.from('{ "format": "loss-lab/1", "script": [{ "at": 0, "do": "crash", "node": "broker-b/0" }] }');
    await page.locator("input[type=file]").setInputFiles({ name: "wrong.json", mimeType: "application/json", buffer });
    const report = page.locator(".settings > .report");
    await report.getByText("script[0].node").waitFor();
    assert.match(await report.innerText(), /nothing has changed/);
    assert.equal(await page.locator(".ledger tbody tr").count(), 1);
  });
});

test("from the keyboard alone: all keys, search, set", async () => {
  await visit({}, async (page) => {
    await page.getByRole("button", { name: "All keys …" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.type("flushIntervalCommitLog");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("1000");
    await page.keyboard.press("Enter");
    assert.match(await page.locator(".conf mark").innerText(), /flushIntervalCommitLog=1000/);
  });
});

test("the sheet of keys opens on ?, keeps other keys to itself, and gives the focus back", async () => {
  await visit({}, async (page) => {
    await page.locator("dialog.sheet").waitFor({ state: "attached" });
    await page.locator(".send").focus();
    await page.keyboard.press("?");
    const sheet = page.getByRole("dialog", { name: "Keys" });
    await sheet.waitFor();
    assert.ok((await sheet.locator("li").count()) >= 11);
    await page.keyboard.press("s");
    assert.equal(await page.locator(".ledger tbody tr").count(), 0);
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "hidden" });
    assert.ok(await page.locator(".send").evaluate((button) => button === document.activeElement));
    await page.locator(".foot").getByRole("button", { name: /^Keys/ }).click();
    await sheet.getByRole("button", { name: "Close" }).click();
    await sheet.waitFor({ state: "hidden" });
  });
});

for (const [name, options] of [["by mouse", {}], ["by touch at 390 px", phone]]) {
  const push = (what) => (options.hasTouch ? what.tap() : what.click());
  test(`another setting leaves a branch, and both runs stay within reach, ${name}`, async () => {
    await visit({ ...options, reducedMotion: "reduce" }, async (page) => {
      const branches = page.getByRole("group", { name: "Branches" }).getByRole("button");
      await push(page.locator(".send"));
      await page.locator(".ledger tr", { hasText: "SEND_OK" }).waitFor();
      await push(page.locator(".settings").getByRole("button", { name: "SYNC_FLUSH", exact: true }));
      assert.equal(await branches.count(), 2);
      assert.equal(await branches.nth(1).getAttribute("aria-label"), "Branch 2, other settings");
      await push(page.getByRole("switch", { name: "transientStorePoolEnable" }));
      assert.equal(await branches.count(), 2);
      await push(branches.first());
      assert.match(await page.locator(".conf-sum").innerText(), /ASYNC_FLUSH/);
      await push(branches.nth(1));
      assert.match(await page.locator(".conf-sum").innerText(), /\bSYNC_FLUSH/);
    });
  });
}

test("on a phone, by touch, in Chinese", async () => {
  await visit({ ...phone, lang: "zh" }, async (page) => {
    await page.getByRole("button", { name: "全部配置项……" }).tap();
    await page.getByRole("searchbox").fill("retryAnother");
    await page.locator(".every-key [role=switch]").tap();
    await page.locator(".conf").getByRole("button", { name: "生产者", exact: true }).tap();
    assert.match(await page.locator(".conf mark").innerText(), /setRetryAnotherBrokerWhenNotStoreOK\(true\)/);
    const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(content <= window);
    await page.locator(".foot button").tap();
    await page.getByRole("dialog").waitFor();
  });
});

describe("axe-core has nothing to object to with every key listed, and in the sheet of keys", () => {
  for (const look of [
    { lang: "en", theme: "light", width: 1280 },
    { lang: "zh", theme: "dark", width: 390 },
  ]) {
    test(`${look.width} ${look.theme} ${look.lang}`, async () => {
      await visit(look, async (page) => {
        await page.locator(".key-tools .btn").first().click();
        await page.getByRole("searchbox").fill("flush");
        await page.locator(".paste summary").click();
        await page.locator("#pasted-conf").fill("flushDiskTyp=SYNC_FLUSH");
        await page.locator(".paste .btn").click();
        await page.locator(".paste .report li").waitFor();
        assert.deepEqual(await violations(page), []);
        await page.keyboard.press("Escape");
        await page.locator(".foot button").click();
        await page.getByRole("dialog").waitFor();
        assert.deepEqual(await violations(page), []);
      });
    });
  }
});
