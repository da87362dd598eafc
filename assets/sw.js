// Keeps the page for when there is no network: one version of it, whole or not at all.
// The last step of a released build fills in the two constants (xtask/src/offline.rs).

// Every file of the page by its path, with its SHA-256 in hexadecimal.
const FILES = {};
const VERSION = "";

// Other pages of this host may have caches too.
const OURS = `loss-lab ${registration.scope} `;
const CACHE = OURS + VERSION;

addEventListener("install", (event) => event.waitUntil(keep()));
addEventListener("activate", (event) => event.waitUntil(forgetOthers()));
addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "GET" && url.startsWith(registration.scope)) event.respondWith(answer(event.request));
});

// While a new version is being put up, its files and the old ones can meet. Then nothing is kept, and the next visit tries again.
async function keep() {
  const cache = await caches.open(CACHE);
  const keepOne = async ([path, hash]) => {
    const response = await fetch(path, { cache: "no-cache" });
    if (!response.ok || (await sha256(response.clone())) !== hash) throw new Error(`${path} is not of this version`);
    await cache.put(path, response);
  };
  try {
    await Promise.all(Object.entries(FILES).map(keepOne));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

// Runs when no page of the version before is open any more.
async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OURS) && name !== CACHE).map((name) => caches.delete(name)));
}

async function answer(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request, { ignoreSearch: true })) ?? fetch(request);
}

async function sha256(response) {
  const digest = await crypto.subtle.digest("SHA-256", await response.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
