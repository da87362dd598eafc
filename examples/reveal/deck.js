import Reveal from "./reveal.js/reveal.mjs";

await Reveal.initialize({ hash: true, width: 1200, height: 700, transition: "none" });
