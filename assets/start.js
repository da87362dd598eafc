// Runs before the first paint, so it stays small: language, theme, then the app.
// What a link says wins over ?lang=zh|en and ?theme=dark|light, those over what was chosen here before, and that over the
// browser's language and the system's theme. In somebody else's page nothing was chosen: there the browser says what that page wants.
(() => {
  const root = document.documentElement;
  const asked = new URLSearchParams(location.search);
  const linked = new URLSearchParams(location.hash.split("?")[1]);
  const chosen = (name) => {
    const said = linked.get(name) ?? asked.get(name);
    try {
      return said ?? (parent === window ? localStorage.getItem(name) : null);
    } catch {
      return said; // A browser may refuse to remember.
    }
  };
  root.lang = (chosen("lang") ?? navigator.language).startsWith("zh") ? "zh-Hans" : "en";
  const theme = chosen("theme");
  if (theme === "dark" || theme === "light") root.dataset.theme = theme;

  // The poster stays, and says why nothing follows it.
  const fail = (reason) => {
    const words = document.getElementById("failed-words");
    const place = document.getElementById("failed");
    if (!words || !place) return;
    place.replaceChildren(words.content.cloneNode(true));
    for (const span of place.querySelectorAll(".reason")) span.textContent = reason;
  };
  const parsed = new Promise((go) => {
    if (document.readyState !== "loading") go();
    else addEventListener("DOMContentLoaded", go, { once: true });
  });

  const start = async () => {
    if (typeof WebAssembly !== "object") throw new Error("no WebAssembly");
    // The page that is one file carries its parts, and has said so before this (xtask/src/dist.rs).
    const parts = globalThis.lossLabParts ?? {
      app: () => import("./loss-lab-app.js"),
      wasm: () => fetch("./loss-lab-app_bg.wasm"),
    };
    // Both downloads start at once; the page is mounted when its #app is there.
    const wasm = parts.wasm();
    wasm.catch(() => {});
    const app = await parts.app();
    await parsed;
    await app.default({ module_or_path: wasm });
    // Keeps the page for when there is no network; a page under development names no worker. Ten embeds would start ten.
    const worker = document.querySelector("link[rel=serviceworker]");
    if (worker && parent === window) navigator.serviceWorker?.register(worker.href).catch(() => {});
  };
  start().catch(async (error) => {
    await parsed;
    fail(error.message ?? error);
    console.error(error);
  });
})();
