/**
 * Calls `run` whenever `isActive` becomes true, and aborts its signal when it becomes false. `isActive` is asked at each
 * of the `events`. Returns when `signal` aborts or `run` returns while active.
 */
export async function runWhile(
  isActive: () => boolean,
  events: readonly (readonly [EventTarget, string])[],
  run: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await untilEvent(events, isActive, signal);
    if (signal.aborted) return;
    const turn = new AbortController();
    const end = () => turn.abort();
    signal.addEventListener("abort", end);
    void untilEvent(events, () => !isActive(), turn.signal).then(end);
    try {
      await run(turn.signal);
      if (!turn.signal.aborted) return;
    } finally {
      end();
      signal.removeEventListener("abort", end);
    }
  }
}

/** Returns once `condition` holds, which is asked now and at each of the events, or when `signal` aborts. */
function untilEvent(
  events: readonly (readonly [EventTarget, string])[],
  condition: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      for (const [target, name] of events) target.removeEventListener(name, check);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const check = () => {
      if (condition()) finish();
    };
    for (const [target, name] of events) target.addEventListener(name, check);
    signal.addEventListener("abort", finish);
    if (signal.aborted) finish();
    else check();
  });
}
