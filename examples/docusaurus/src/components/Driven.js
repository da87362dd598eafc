// The lab in an iframe, driven by messages (docs/embedding.md of Loss Lab).
import { useColorMode } from "@docusaurus/theme-common";
import React, { useEffect, useRef, useState } from "react";

export default function Driven({ lab }) {
  const frame = useRef(null);
  const [verdict, setVerdict] = useState("");
  const { colorMode } = useColorMode();

  const tell = (words) => frame.current?.contentWindow.postMessage({ lossLab: 1, ...words }, new URL(lab, location.href).origin);
  const load = (key) => {
    const scenario = `flushDiskType=${key}&slaves=0&consumers=0&do=0:send*3;100:power-loss:broker-a/0`;
    tell({ command: "load", scenario, at: 100 });
  };

  useEffect(() => {
    const url = new URL(lab, location.href);
    // The lab listens to this origin alone, and to the page right around it.
    url.searchParams.set("host", location.origin);
    const hear = ({ origin, source, data }) => {
      if (origin !== url.origin || source !== frame.current?.contentWindow || data?.lossLab !== 1) return;
      if (data.event === "ready") tell({ command: "set", theme: document.documentElement.dataset.theme });
      if (data.event === "height") frame.current.style.height = `${data.height}px`;
      if (data.event === "verdict" && data.message === "m1") setVerdict(data.verdict);
    };
    addEventListener("message", hear);
    frame.current.src = url;
    return () => removeEventListener("message", hear);
  }, [lab]);
  useEffect(() => tell({ command: "set", theme: colorMode }), [colorMode]);

  return (
    <>
      <p>
        {["ASYNC_FLUSH", "SYNC_FLUSH"].map((key) => (
          <button key={key} type="button" onClick={() => load(key)}>{key}</button>
        ))}{" "}
        <output>{verdict && `m1: ${verdict}`}</output>
      </p>
      <iframe ref={frame} title="丢消息实验室" width="100%" height="560" frameBorder="0" />
    </>
  );
}
