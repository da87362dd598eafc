// Serves one folder on localhost, with the content types a browser insists on, and remembers what was asked.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

export const dist = fileURLToPath(new URL("../../dist/", import.meta.url));

const types = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};

/**
 * @param {string} folder
 * @param {{ missing?: string[], headers?(path: string): Record<string, string> }} options `missing`: paths answered with 404 although
 *   they exist; `headers`: what else is said with a path.
 * @returns {Promise<{ url: string, served: { path: string, status: number, body: Buffer }[], close(): Promise<void> }>}
 */
export async function serve(folder = dist, { missing = [], headers = () => ({}) } = {}) {
  const served = [];
  const server = createServer(async (request, response) => {
    const asked = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    const path = asked.endsWith("/") ? `${asked}index.html` : asked;
    const file = missing.includes(path) ? null : await readFile(join(folder, normalize(path))).catch(() => null);
    const body = file ?? Buffer.from("not here");
    const status = file ? 200 : 404;
    served.push({ path, status, body });
    response.writeHead(status, {
      "content-type": types[extname(path)] ?? "application/octet-stream",
      "cache-control": "no-store",
      ...headers(path),
    });
    response.end(body);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    served,
    close: () =>
      new Promise((closed) => {
        server.close(closed);
        server.closeAllConnections();
      }),
  };
}
