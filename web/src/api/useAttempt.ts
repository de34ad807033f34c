import { useMemo, useState } from "react";
import { isPassing } from "./problem";

interface Attempt {
  readonly key: string;
  /** To be called when it is over. Where no answer came, the next try is the same attempt still. */
  readonly over: (error?: unknown) => void;
}

/** The `Idempotency-Key` of what a person is about to send: tried again after no answer, it does nothing twice. */
export function useAttempt(): Attempt {
  const [key, setKey] = useState<string>(() => crypto.randomUUID());
  return useMemo(
    () => ({
      key,
      over: (error) => {
        if (!isPassing(error)) setKey(crypto.randomUUID());
      },
    }),
    [key],
  );
}
