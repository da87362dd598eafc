// The sites of examples/, as the real tools built them (`cargo xtask sites`), each with the lab in it in all three ways, under the
// policies that docs/embedding.md and docs/hosting.md say.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";

import { violations } from "../lib/axe.mjs";
import { launch } from "../lib/browser.mjs";
import { open as openLab } from "../lib/lab.mjs";
import { serve } from "../lib/server.mjs";

const sites = [
  {
    tool: "mdBook",
    folder: "mdbook",
    pages: { zh: "storing.html", en: "storing-en.html", iframe: "iframe.html", messages: "messages.html" },
    colour: async (page, theme) => {
      // Its list stays open after a choice.
      if (!(await page.locator("#mdbook-theme-list").isVisible())) await page.locator("#mdbook-theme-toggle").click();
      await page.locator(theme === "dark" ? "#mdbook-theme-navy" : "#mdbook-theme-light").click();
    },
  },
  {
    tool: "VitePress",
    folder: "vitepress",
    pages: { zh: "", en: "en/", iframe: "iframe.html", messages: "messages.html" },
    colour: async (page, theme) => {
      if ((await page.locator("html.dark").count() === 1) !== (theme === "dark")) await page.locator(".VPNavBarAppearance .VPSwitchAppearance").click();
    },
    route: (page, path) => page.locator(`.VPSidebar a[href="/handbook/${path}"]`).click(),
  },
  {
    tool: "Docusaurus",
    folder: "docusaurus",
    pages: { zh: "", en: "storing-en/", iframe: "iframe/", messages: "messages/" },
    colour: async (page, theme) => {
      const now = page.locator(`html[data-theme=${theme}]`);
      for (let presses = 0; presses < 3 && (await now.count()) === 0; presses += 1) await page.locator(".navbar button[class*=toggleButton]").first().click();
    },
    route: (page, path) => page.locator(`.menu a[href="/handbook/${path}"]`).click(),
  },
];

/** The header after a heading of one of the documents, in one line. */
async function policy(file, heading) {
  const text = await readFile(`docs/${file}`, "utf8");
  const block = new RegExp(`^#+ ${heading}.*?\`\`\`text\nContent-Security-Policy: (.*?)\n(?! )`, "ms").exec(text);
  assert.ok(block, `${file} has no policy for ${heading}`);
  return block[1].replace(/\s+/g, " ");
}

/** What has been laid over the looks of a document, for some things that it has. */
const looks = (frame, selectors) =>
  frame.evaluate(
    (selectors) =>
      selectors.map((selector) => {
        const style = getComputedStyle(document.querySelector(selector));
        return [selector, ...["color", "backgroundColor", "fontSize", "fontFamily", "lineHeight", "margin", "padding", "display"].map((name) => style[name])];
      }),
    selectors,
  );

for (const { tool, folder, pages, colour, route } of sites) {
  describe(`in a site of ${tool}`, () => {
    let browser;
    let server;
    before(async () => {
      const [site, lab] = await Promise.all([policy("embedding.md", tool), policy("hosting.md", "Policy")]);
      browser = await launch();
      const headers = (path) => ({ "content-security-policy": path.startsWith("/handbook/loss-lab/") ? lab : site, "x-content-type-options": "nosniff" });
      server = await serve(`target/sites/${folder}`, { headers });
    });
    after(() => Promise.all([browser?.close(), server?.close()]));

    async function open(name, { without, ...context } = {}) {
      const visit = await browser.newContext({ viewport: { width: 1280, height: 400 }, ...context });
      const page = await visit.newPage();
      const wrong = [];
      page.on("console", (message) => {
        // A browser asks for it where a site names no icon.
        if (message.location().url.endsWith("/favicon.ico")) return;
        if (["error", "warning"].includes(message.type())) wrong.push(message.text());
      });
      page.on("pageerror", (error) => wrong.push(`${error}`));
      page.on("request", (request) => request.url().startsWith(server.url) || request.url().startsWith("data:") || wrong.push(request.url()));
      if (without) await page.route(without, (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
      await page.goto(`${server.url}handbook/${pages[name]}`);
      return { page, wrong, close: () => visit.close() };
    }

    /** The lab within an element, once it stands. */
    async function within(page, nth) {
      const element = page.locator("loss-lab").nth(nth);
      await element.scrollIntoViewIfNeeded();
      return standing(element.locator("iframe"));
    }

    async function standing(iframe) {
      const frame = await (await iframe.elementHandle()).contentFrame();
      await frame.locator(".embed-bar").waitFor();
      return frame;
    }

    const told = (frame) => frame.locator(".why").innerText();
    const fits = (frame, element) => frame.waitForFunction(() => document.body.offsetHeight > 200).then(async () => {
      const content = () => frame.evaluate(() => document.body.offsetHeight);
      await element.page().waitForFunction(([one, pixels]) => Math.abs(one.clientHeight - pixels) <= 2, [await element.elementHandle(), await content()]);
    });

    test("two elements come when they come into view, and take nothing from the page", async () => {
      const plain = await open("zh", { without: "**/loss-lab-embed.js" });
      const own = ["html", "body", "h1", "main p", "main code"];
      const before = await looks(plain.page, own);
      await plain.close();

      const { page, wrong, close } = await open("zh");
      const first = await standing(page.locator("loss-lab").first().locator("iframe"));
      assert.equal(await page.locator("loss-lab").nth(1).locator("iframe").count(), 0, "the second is out of sight");
      assert.equal(await page.evaluate(() => document.activeElement.localName), "body");
      assert.deepEqual(await looks(page, own), before, "nothing of the lab's looks is in the page");
      const stood = await told(first);
      for (const key of ["Space", "a", "End", "Home"]) await page.keyboard.press(key);
      assert.equal(await told(first), stood, "keys are the page's");
      assert.equal(await first.getByRole("dialog").count(), 0);
      await fits(first, page.locator("loss-lab").first());

      const second = await within(page, 1);
      await second.locator(".ledger .msg", { hasText: "m1" }).first().waitFor();
      await fits(second, page.locator("loss-lab").nth(1));
      assert.equal(await second.locator("html").getAttribute("lang"), "zh-Hans");
      assert.deepEqual(wrong, []);
      for (const frame of [first, second]) assert.deepEqual(await violations(frame), []);
      assert.deepEqual(await violations(page, "loss-lab"), []);
      await close();
    });

    test("what is asked of an element goes to the lab, and the page stays where it is", async () => {
      const { page, wrong, close } = await open("en");
      await page.evaluate(() => {
        globalThis.heard = [];
        document.querySelector("loss-lab").addEventListener("step", ({ detail }) => globalThis.heard.push(detail));
      });
      const lab = await within(page, 0);
      assert.equal(await lab.locator("html").getAttribute("lang"), "en");
      await lab.locator(".embed-bar .play").click();
      await page.waitForFunction(() => globalThis.heard.some(({ playing }) => playing));
      await page.waitForFunction(() => globalThis.heard.some(({ step }) => step > 6));
      await page.evaluate(() => document.querySelector("loss-lab").play(false));
      await page.waitForFunction(() => !globalThis.heard.at(-1).playing);
      const stood = await page.evaluate(() => globalThis.heard.at(-1).step);
      await lab.locator(".embed-bar .play").focus();
      await page.keyboard.press("ArrowLeft");
      await page.waitForFunction((stood) => globalThis.heard.at(-1).step < stood, stood);
      assert.equal(new URL(page.url()).pathname, `/handbook/${pages.en}`);
      assert.deepEqual(wrong, []);
      await close();
    });

    test("elements follow the site's own switch of colours, and the site's looks stay out", async () => {
      const { page, wrong, close } = await open("zh", { colorScheme: "light" });
      const lab = await within(page, 0);
      const parts = ["body", "main", "button", ".embed-bar", ".why"];
      for (const theme of ["dark", "light"]) {
        await colour(page, theme);
        await lab.locator(`html[data-theme=${theme}]`).waitFor({ state: "attached" });
        const alone = await browser.newPage({ viewport: { width: await lab.evaluate(() => innerWidth), height: 600 } });
        const address = new URL(lab.url());
        address.search = "";
        address.hash = address.hash.replace(/theme=\w+/, `theme=${theme}`);
        await alone.goto(address.href);
        await alone.locator(".embed-bar").waitFor();
        assert.deepEqual(await looks(lab, parts), await looks(alone, parts));
        await alone.close();
        assert.deepEqual(await violations(lab), []);
      }
      assert.deepEqual(wrong, []);
      await close();
    });

    test("an iframe alone", async () => {
      const { page, wrong, close } = await open("iframe", { colorScheme: "light" });
      const iframe = page.locator("main iframe");
      await iframe.scrollIntoViewIfNeeded();
      const lab = await standing(iframe);
      await lab.locator("article.master").waitFor();
      assert.equal(await page.evaluate(() => document.activeElement.localName), "body");
      assert.deepEqual(await violations(lab), []);
      assert.deepEqual(await violations(page, "main iframe"), []);
      const stood = await told(lab);
      await lab.locator(".embed-bar .play").click();
      await lab.waitForFunction((stood) => document.querySelector(".why").innerText !== stood, stood);
      assert.deepEqual(wrong, []);
      await close();
    });

    test("an iframe alone follows the site's own switch of colours", async () => {
      // Without Playwright's own scheme, which every frame would follow.
      const { page, wrong, close } = await open("iframe", { colorScheme: null });
      const iframe = page.locator("main iframe");
      await iframe.scrollIntoViewIfNeeded();
      const lab = await standing(iframe);
      for (const theme of ["dark", "light", "dark"]) {
        await colour(page, theme);
        await lab.waitForFunction((dark) => matchMedia("(prefers-color-scheme: dark)").matches === dark, theme === "dark");
        const [red] = await lab.evaluate(() => getComputedStyle(document.body).color.match(/\d+/g).map(Number));
        assert.equal(red > 150, theme === "dark", `its ink in ${theme}: ${red}`);
        await lab.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
        assert.deepEqual(await violations(lab), []);
      }
      assert.deepEqual(wrong, []);
      await close();
    });

    test("the whole lab works below the site's path", async () => {
      const { page, errors, foreign, close } = await openLab({ browser }, { at: `${server.url}handbook/loss-lab/` });
      await page.locator(".send").click();
      await page.locator(".ledger .msg", { hasText: "m1" }).first().waitFor();
      for (const [name, there] of [["Lessons", ".shelf"], ["Fidelity", ".recordings"], ["Embed", ".embedding pre"]]) {
        await page.getByRole("link", { name, exact: true }).click();
        await page.locator(there).first().waitFor();
      }
      await page.frameLocator(".embedding iframe").locator("article.master").waitFor();
      assert.deepEqual(errors, []);
      assert.deepEqual(foreign, []);
      await close();
    });

    test("messages between the site's own script and the lab", async () => {
      const { page, wrong, close } = await open("messages", { colorScheme: "light" });
      const lab = await standing(page.locator("main iframe"));
      assert.deepEqual(await violations(lab), []);
      for (const [key, verdict] of [["ASYNC_FLUSH", "m1: lost-promise-broken"], ["SYNC_FLUSH", "m1: at-risk"], ["ASYNC_FLUSH", "m1: lost-promise-broken"]]) {
        await page.getByRole("button", { name: key, exact: true }).click();
        await page.locator("output", { hasText: verdict }).waitFor();
        await lab.locator(".ledger .msg", { hasText: "m1" }).first().waitFor();
      }
      await fits(lab, page.locator("main iframe"));
      for (const theme of ["dark", "light"]) {
        await colour(page, theme);
        await lab.locator(`html[data-theme=${theme}]`).waitFor({ state: "attached" });
      }
      assert.deepEqual(wrong, []);
      await close();
    });

    if (route) {
      test("pages that come and go without a reload leave no lab behind, and none doubled", async () => {
        const { page, wrong, close } = await open("zh");
        await within(page, 0);
        for (let times = 0; times < 2; times += 1) {
          await page.evaluate(() => (globalThis.same = true));
          for (const [path, heading] of [[pages.iframe, "只用 iframe"], [pages.messages, "用消息驱动"]]) {
            await route(page, path);
            await page.getByRole("heading", { level: 1, name: heading }).waitFor();
            await standing(page.locator("main iframe"));
          }
          await route(page, pages.zh);
          await page.getByRole("heading", { level: 1, name: "SEND_OK" }).waitFor();
          for (const nth of [0, 1]) await within(page, nth);
          assert.equal(await page.locator("loss-lab").count(), 2);
          assert.equal(await page.locator("iframe").count(), 2);
          assert.equal(page.frames().length, 3);
          assert.equal(await page.evaluate(() => globalThis.same), true, "it was no reload");
        }
        assert.deepEqual(wrong, []);
        await close();
      });
    }
  });
}

describe("in a deck of reveal.js", () => {
  let browser;
  let server;
  before(async () => {
    const [deck, lab] = await Promise.all([policy("embedding.md", "reveal.js"), policy("hosting.md", "Policy")]);
    browser = await launch();
    const headers = (path) => ({ "content-security-policy": path.startsWith("/handbook/loss-lab/") ? lab : deck });
    server = await serve("target/sites/reveal", { headers });
  });
  after(() => Promise.all([browser?.close(), server?.close()]));

  test("the lab comes with its slide, and the deck keeps its keys until the lab is asked", async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 760 } });
    const wrong = [];
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && wrong.push(message.text()));
    page.on("pageerror", (error) => wrong.push(`${error}`));
    await page.goto(`${server.url}handbook/index.html`);
    await page.getByRole("heading", { name: "SEND_OK 之后" }).waitFor();
    assert.equal(server.served.some(({ path }) => path.includes("/loss-lab/")), false, "before its slide nothing of the lab is fetched");

    await page.keyboard.press("ArrowRight");
    const iframe = page.locator("section.present iframe");
    const lab = await (await iframe.elementHandle()).contentFrame();
    await lab.locator("article.master").waitFor();
    assert.deepEqual(await violations(lab), []);
    const stood = await lab.locator(".why").innerText();
    await page.keyboard.press("ArrowRight");
    await page.getByRole("heading", { name: "只有写入磁盘才算数" }).waitFor();
    await page.keyboard.press("ArrowLeft");
    await iframe.waitFor();
    const again = await (await iframe.elementHandle()).contentFrame();
    await again.locator("article.master").waitFor();
    assert.equal(await again.locator(".why").innerText(), stood);

    // Clicked in the deck, which shows slides smaller or larger than they are.
    await again.locator(".embed-bar .play").click();
    await again.waitForFunction((stood) => document.querySelector(".why").innerText !== stood, stood);
    await page.keyboard.press("ArrowRight");
    await iframe.waitFor();
    assert.deepEqual(wrong, []);
    await page.close();
  });
});
