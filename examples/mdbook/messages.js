// Drives the lab in the iframe of messages.md by messages, and hears what it says (docs/embedding.md of Loss Lab).
(() => {
  const frame = document.querySelector("#driven");
  if (!frame) return;
  const lab = new URL(frame.dataset.src, location.href);
  // The lab listens to this origin alone, and to the page right around it.
  lab.searchParams.set("host", location.origin);
  frame.style.border = "0";
  frame.src = lab;

  const tell = (words) => frame.contentWindow.postMessage({ lossLab: 1, ...words }, lab.origin);
  const dress = () => tell({ command: "set", theme: getComputedStyle(document.documentElement).colorScheme });
  addEventListener("message", ({ origin, source, data }) => {
    if (origin !== lab.origin || source !== frame.contentWindow || data?.lossLab !== 1) return;
    if (data.event === "ready") dress();
    if (data.event === "height") frame.style.height = `${data.height}px`;
    if (data.event === "verdict" && data.message === "m1") document.querySelector("#ask output").value = `m1: ${data.verdict}`;
  });
  new MutationObserver(dress).observe(document.documentElement, { attributeFilter: ["class"] });
  document.querySelector("#ask").addEventListener("click", ({ target }) => {
    if (target.type !== "button") return;
    const scenario = `flushDiskType=${target.value}&slaves=0&consumers=0&do=0:send*3;100:power-loss:broker-a/0`;
    tell({ command: "load", scenario, at: 100 });
  });
})();
