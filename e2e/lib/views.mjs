// Every view of the page that accessibility is checked in and pictures are taken of.
// A new view, menu or dialog gets a line here.

/** @type {{ name: string, arrange(page: import("playwright-core").Page): Promise<void> }[]} */
export const views = [{ name: "lab", arrange: async () => {} }];
