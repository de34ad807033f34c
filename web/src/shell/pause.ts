/** Waits so long, or until the network is back, or `signal` aborts: then there is no reason to wait any longer. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      window.removeEventListener("online", over);
      signal?.removeEventListener("abort", over);
      resolve();
    };
    const timer = setTimeout(over, milliseconds);
    window.addEventListener("online", over);
    signal?.addEventListener("abort", over);
  });
}
