// @ts-check
export default {
  title: "消息手册",
  url: "https://docs.example",
  baseUrl: "/handbook/",
  trailingSlash: true,
  baseUrlIssueBanner: false,
  i18n: { defaultLocale: "zh-Hans", locales: ["zh-Hans"] },
  plugins: [["@docusaurus/plugin-content-docs", { routeBasePath: "/", sidebarPath: "sidebars.js" }]],
  themes: ["@docusaurus/theme-classic"],
  // The next line is the lab's.
  scripts: [{ src: "/handbook/loss-lab/loss-lab-embed.js", async: true }],
};
