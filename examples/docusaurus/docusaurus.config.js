// @ts-check
export default {
  title: "消息手册",
  url: "https://docs.example",
  baseUrl: "/handbook/",
  trailingSlash: true,
  baseUrlIssueBanner: false,
  i18n: { defaultLocale: "zh-Hans", locales: ["zh-Hans"] },
  plugins: [["@docusaurus/plugin-content-docs", { routeBasePath: "/", sidebarPath: "sidebars.js" }]],
  // The style and the script are the lab's.
  themes: [["@docusaurus/theme-classic", { customCss: "lab.css" }]],
  scripts: [{ src: "/handbook/loss-lab/loss-lab-embed.js", async: true }],
};
