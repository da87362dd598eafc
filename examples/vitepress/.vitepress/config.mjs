const sidebar = [
  { text: "SEND_OK 承诺了什么", link: "/" },
  { text: "只用 iframe", link: "/iframe" },
  { text: "用消息驱动", link: "/messages" },
  { text: "What SEND_OK promises", link: "/en/" },
];

const chinese = {
  docFooter: { prev: "上一页", next: "下一页" },
  outline: { label: "本页目录" },
  sidebarMenuLabel: "目录",
  returnToTopLabel: "回到顶部",
  darkModeSwitchLabel: "外观",
};

export default {
  title: "消息手册",
  base: "/handbook/",
  locales: { root: { lang: "zh-Hans", label: "中文", themeConfig: chinese }, en: { lang: "en", label: "English" } },
  themeConfig: { sidebar },
  // Keeps what differs from build to build out of the pages: a content security policy can then name their scripts by hashes.
  metaChunk: true,
  // The next two lines are the lab's.
  head: [["script", { src: "/handbook/loss-lab/loss-lab-embed.js", async: "" }]],
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag === "loss-lab" } } },
};
