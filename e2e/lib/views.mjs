// Every view of the page that accessibility is checked in and pictures are taken of.
// A new view, menu or dialog gets a line here.

/** @type {{ name: string, arrange(page: import("playwright-core").Page): Promise<void> }[]} */
export const views = [
  { name: "lab", arrange: async () => {} },
  { name: "lab-menu", arrange: openTheMenu },
  { name: "lab-lost", arrange: cutThePower },
  { name: "lab-storage", arrange: (page) => lookAt(page, 2) },
  { name: "lab-replication", arrange: (page) => lookAt(page, 3) },
  { name: "lab-consumption", arrange: (page) => lookAt(page, 4) },
  { name: "lab-status", arrange: explainAStatus },
  { name: "lab-keys", arrange: listEveryKey },
  { name: "lab-sheet", arrange: openTheSheet },
  { name: "lab-actions", arrange: openTheBench },
  { name: "lab-many", arrange: addNodes },
  { name: "lab-table", arrange: readTheStage },
  { name: "lessons", arrange: (page) => goTo(page, "#/lessons", ".shelf") },
  { name: "lesson-asks", arrange: (page) => goTo(page, "#/lessons/page-cache-and-disk/3", ".option") },
  { name: "lesson-tells", arrange: theAnswer },
  { name: "lesson-handout", arrange: (page) => goTo(page, "#/lessons/page-cache-and-disk/handout", ".answers figure") },
  { name: "embedding", arrange: embeddingWithItsPreview },
  { name: "fidelity", arrange: whatDiffers },
];

/** A message in the page cache of the master, and the master's faults with what each would lose. */
async function openTheMenu(page) {
  await stepIntoThePageCache(page);
  await page.locator("article.master > header .strike").click();
  await page.getByRole("menu").waitFor();
}

/** The power is cut on it: the third item of the menu, whatever the language. */
async function cutThePower(page) {
  await openTheMenu(page);
  await page.locator(".fault-menu .menu-item", { has: page.locator("use[href='#i-power']") }).click();
  await page.locator("article.master .lost-here").first().waitFor();
  // A strike plays on. What is looked at is the still picture, not a colour on its way.
  const pause = page.locator(".play", { has: page.locator("use[href='#i-pause']") });
  if (await pause.count()) await pause.click();
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
}

/** A view, by its fragment. */
async function goTo(page, fragment, there) {
  await page.evaluate((fragment) => (location.hash = fragment), fragment);
  await page.locator(there).first().waitFor();
}

/** The page that makes embeds, once its preview has arrived. */
async function embeddingWithItsPreview(page) {
  await goTo(page, "#/embedding", ".embedding iframe");
  await page.frameLocator(".embedding iframe").locator(".embed-bar").waitFor();
}

/** A guess, and the answer once it has been played. */
async function theAnswer(page) {
  await goTo(page, "#/lessons/page-cache-and-disk/3", ".option");
  await page.keyboard.press("1");
  await page.keyboard.press("ArrowRight");
  await page.locator(".option.is-right").waitFor();
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
}

/** The recordings that the engine does not reproduce: the longest rows there are. */
async function whatDiffers(page) {
  await page.evaluate(() => (location.hash = "#/fidelity"));
  await page.locator(".fidelity-choice input[type=checkbox]").check();
  await page.locator(".recordings .difference").first().waitFor();
}

/** The brokers opened under a lens: the second, third or fourth of the choice, whatever the language. */
async function lookAt(page, lens) {
  await stepIntoThePageCache(page);
  await page.locator(`.lenses button:nth-child(${lens})`).click();
  await page.locator("article.master .inside").waitFor();
}

async function stepIntoThePageCache(page) {
  await page.locator(".send").click();
  const pause = page.locator(".play use[href='#i-pause']");
  await pause.waitFor();
  await page.locator(".play").click();
  const cached = page.locator("article.master .place-cache .slots .msg");
  for (let steps = 0; steps < 20 && (await cached.count()) === 0; steps += 1) await page.keyboard.press("ArrowRight");
  await cached.first().waitFor();
}

/** A status is explained, and the run stands where it was taken. */
async function explainAStatus(page) {
  await page.locator(".what").nth(1).click();
  await page.locator(".show").first().click();
  await page.locator(".card li.now").first().waitFor();
  await page.locator(".play use[href='#i-play']").waitFor();
}

/** The keys that have to do with flushing, one of them changed. */
async function listEveryKey(page) {
  await page.locator(".key-tools .btn").first().click();
  await page.getByRole("searchbox").fill("flush");
  const field = page.locator(".every-key input[aria-label='flushIntervalCommitLog']");
  await field.fill("1000");
  await field.press("Tab");
  await page.locator(".every-key .is-changed").waitFor();
}

/** The sheet of keys. */
async function openTheSheet(page) {
  await page.locator("dialog.sheet").waitFor({ state: "attached" });
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
}

/** The workbench, with a send to be composed and a value that is none. */
async function openTheBench(page) {
  await page.locator(".compose").first().click();
  await page.locator("#bench-form [name=count]").fill("many");
  await page.locator("#bench-form button[type=submit]").click();
  await page.locator("#bench .report li").waitFor();
}

/** A second producer, a second broker and a second group. */
async function addNodes(page) {
  await page.locator(".compose").first().waitFor();
  for (const what of ["add-producer", "add-broker", "add-consumer"]) {
    await page.keyboard.press("a");
    await page.locator("#bench-who").selectOption("");
    await page.locator("#bench-what").selectOption(what);
    if (what === "add-consumer") await page.locator("#bench-form [name=group]").fill("DG");
    await page.locator("#bench-form button[type=submit]").click();
    await page.locator("#bench").waitFor({ state: "hidden" });
  }
  await page.locator(".cluster.many").waitFor();
}

/** The stage as a table, with a message in it, and the timeline as one. */
async function readTheStage(page) {
  await stepIntoThePageCache(page);
  await page.locator(".as-table summary").click();
  await page.locator(".as-table tbody tr").first().waitFor();
  await page.locator(".tl-words .link-btn").click();
  await page.locator(".lately tbody tr").first().waitFor();
}
