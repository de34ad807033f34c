import { useEffect, useState } from "react";

const TIMEOUT_MILLISECONDS = 3000;

/** Runs a callback when the browser is idle. Returns a function that cancels it. */
export function whenIdle(run: () => void): () => void {
  if ("requestIdleCallback" in window) {
    const handle = window.requestIdleCallback(run, { timeout: TIMEOUT_MILLISECONDS });
    return () => window.cancelIdleCallback(handle);
  }
  const timer = setTimeout(run, TIMEOUT_MILLISECONDS / 2); // Safari has no requestIdleCallback
  return () => clearTimeout(timer);
}

/** False at first, true once the browser was idle. */
export function useAfterIdle(): boolean {
  const [idle, setIdle] = useState(false);
  useEffect(() => whenIdle(() => setIdle(true)), []);
  return idle;
}
