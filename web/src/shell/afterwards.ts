import { useEffect, useState } from "react";

const AT_THE_LATEST = 3000;

/** Runs it once the page is there and the browser has nothing better to do: for what is not looked at yet. */
export function afterwards(run: () => void): () => void {
  if ("requestIdleCallback" in window) {
    const asked = window.requestIdleCallback(run, { timeout: AT_THE_LATEST });
    return () => {
      window.cancelIdleCallback(asked);
    };
  }
  const timer = setTimeout(run, AT_THE_LATEST / 2); // Safari
  return () => {
    clearTimeout(timer);
  };
}

/** False at first, true afterwards. */
export function useAfterwards(): boolean {
  const [after, setAfter] = useState(false);
  useEffect(
    () =>
      afterwards(() => {
        setAfter(true);
      }),
    [],
  );
  return after;
}
