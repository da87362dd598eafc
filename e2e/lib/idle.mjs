// Counts what a page asks of the browser while nobody asks anything of the page.

/** Put in front of the page's own code (`init` of `open`). */
export function watch() {
  const count = { frames: 0, timers: 0 };
  globalThis.__asked = count;
  const counted = (name, kind) => {
    const original = globalThis[name].bind(globalThis);
    globalThis[name] = (...words) => {
      count[kind] += 1;
      return original(...words);
    };
  };
  counted("requestAnimationFrame", "frames");
  counted("requestIdleCallback", "timers");
  counted("setTimeout", "timers");
  // An interval asks once and fires for ever: count what fires.
  const every = globalThis.setInterval.bind(globalThis);
  globalThis.setInterval = (then, ...words) =>
    every((...given) => {
      count.timers += 1;
      return typeof then === "function" ? then(...given) : undefined;
    }, ...words);
}

/** Frames and timers asked for during `ms`, after the page has had `settleMs` to finish starting. */
export async function idle(page, { settleMs = 1000, ms = 2000 } = {}) {
  const read = () => page.evaluate(() => ({ ...globalThis.__asked }));
  await page.waitForTimeout(settleMs);
  const before = await read();
  await page.waitForTimeout(ms);
  const after = await read();
  return { frames: after.frames - before.frames, timers: after.timers - before.timers };
}
