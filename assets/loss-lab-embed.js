// <loss-lab scenario="…" at="…" step="…" view="stage ledger" lang="zh" theme="dark">: the lab in somebody else's page.
//
// The element holds an iframe of the lab, so that neither page can touch the other's style, keys or focus, and a page needs
// no more than this script. The iframe is made when the element comes near the view. See docs/embedding.md.
(() => {
  if (!globalThis.customElements || customElements.get("loss-lab")) return;
  const base = new URL("./", document.currentScript.src);
  const version = 1;

  // What the page around it looks like, where it says so: by color-scheme, or by the colour behind the text.
  const schemeOf = (element) => {
    const said = getComputedStyle(element).colorScheme.split(" ");
    if (said.includes("dark") !== said.includes("light")) return said.includes("dark") ? "dark" : "light";
    for (let at = element; at; at = at.parentElement) {
      const rgba = getComputedStyle(at).backgroundColor.match(/[\d.]+/g)?.map(Number);
      if (!rgba || rgba.length < 3 || rgba[3] === 0) continue;
      return rgba[0] * 0.3 + rgba[1] * 0.6 + rgba[2] * 0.1 < 110 ? "dark" : "light";
    }
    return "light";
  };

  const elements = new Set();
  const dress = () => elements.forEach((element) => element.dress());
  addEventListener("message", (event) => {
    if (event.origin !== base.origin || event.data?.lossLab !== version) return;
    for (const element of elements) if (element.isFrom(event.source)) element.hear(event.data);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dress);
  const around = new MutationObserver(dress);
  around.observe(document.documentElement, { attributes: true, attributeFilter: ["class", "data-theme", "style", "lang"] });
  const sight = new IntersectionObserver(
    (entries) => entries.forEach((entry) => entry.isIntersecting && entry.target.wake()),
    { rootMargin: "200px" },
  );

  class LossLab extends HTMLElement {
    static observedAttributes = ["scenario", "at", "step", "view", "lang", "theme"];
    #frame = null;
    #ready = false;
    #waiting = [];
    #said = {};

    connectedCallback() {
      if (!this.shadowRoot) {
        this.attachShadow({ mode: "open" });
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(":host{display:block;min-height:416px}:host([hidden]){display:none}iframe{display:block;width:100%;height:416px;border:0;background:none}");
        this.shadowRoot.adoptedStyleSheets = [sheet];
      }
      elements.add(this);
      sight.observe(this);
    }

    disconnectedCallback() {
      elements.delete(this);
      sight.unobserve(this);
      this.#frame?.remove();
      this.#frame = null;
      this.#ready = false;
    }

    attributeChangedCallback(name, before, now) {
      if (!this.#frame || before === now) return;
      if (name === "scenario") this.load(now ?? "", this.#position());
      else if (name === "at" || name === "step") this.seek(this.#position());
      else if (name === "view") this.set({ view: now ?? "stage why" });
      else this.dress();
    }

    #position() {
      const [at, step] = [this.getAttribute("at"), this.getAttribute("step")];
      return at !== null ? { at } : step !== null ? { step } : {};
    }

    #look() {
      const lang = this.closest("[lang]")?.lang ?? navigator.language;
      const theme = this.getAttribute("theme");
      return {
        lang: lang.startsWith("zh") ? "zh" : "en",
        theme: theme === "dark" || theme === "light" ? theme : schemeOf(this.parentElement ?? this),
      };
    }

    wake() {
      if (this.#frame) return;
      sight.unobserve(this);
      const scenario = this.getAttribute("scenario") ?? "";
      const asked = new URLSearchParams(scenario.includes("=") ? scenario : scenario && { scenario });
      for (const [name, value] of Object.entries(this.#position())) asked.set(name, value);
      const view = this.getAttribute("view")?.trim().split(/[\s,]+/).join(",");
      if (view) asked.set("view", view);
      this.#said = this.#look();
      for (const [name, value] of Object.entries(this.#said)) asked.set(name, value);
      const url = new URL("index.html", base);
      url.searchParams.set("host", location.origin);
      url.hash = `#/embed?${asked}`;
      const frame = document.createElement("iframe");
      frame.title = this.title || this.getAttribute("aria-label") || (this.#said.lang === "zh" ? "丢消息实验室（交互图）" : "Loss Lab, an interactive figure");
      frame.allow = "clipboard-write";
      frame.src = url;
      this.#frame = frame;
      this.shadowRoot.append(frame);
    }

    isFrom(source) {
      return this.#frame !== null && source === this.#frame.contentWindow;
    }

    hear({ event, lossLab, ...detail }) {
      if (event === "height") {
        const pixels = Math.min(Math.max(Number(detail.height) || 0, 80), 4000);
        this.#frame.style.height = `${pixels}px`;
        this.style.minHeight = "0";
        return;
      }
      if (event === "ready") {
        this.#ready = true;
        for (const words of this.#waiting.splice(0)) this.#tell(words);
        this.dress();
      }
      if (["ready", "status", "verdict", "step", "refused"].includes(event)) this.dispatchEvent(new CustomEvent(event, { detail }));
    }

    #tell(words) {
      if (this.#ready) this.#frame.contentWindow.postMessage({ lossLab: version, ...words }, base.origin);
      else this.#waiting.push(words);
    }

    dress() {
      if (!this.#ready) return;
      const look = this.#look();
      if (look.lang === this.#said.lang && look.theme === this.#said.theme) return;
      this.#said = look;
      this.set(look);
    }

    load(scenario, position = {}) {
      this.#tell({ command: "load", scenario, ...position });
    }
    play(playing = true) {
      this.#tell({ command: "play", playing });
    }
    seek(position) {
      this.#tell({ command: "seek", ...position });
    }
    set(words) {
      this.#tell({ command: "set", ...words });
    }
    select(message) {
      this.#tell({ command: "select", message });
    }
  }
  customElements.define("loss-lab", LossLab);
})();
