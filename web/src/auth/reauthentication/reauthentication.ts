import { useSyncExternalStore } from "react";
import { setIdentityConfirmer } from "@/api/transport";
import { getSession, onSessionChange } from "@/auth/session/session";

/** Requests that wait until the user has confirmed the password. */
let waiting: ((confirmed: boolean) => void)[] = [];
const listeners = new Set<() => void>();

/** Whether the dialog is to be shown. */
export function useReauthenticationRequired(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting.length > 0,
  );
}

/** Continues the waiting requests, or refuses them if the user cancelled. */
export function completeReauthentication(confirmed: boolean): void {
  const resolvers = waiting;
  setWaiting([]);
  for (const resolve of resolvers) resolve(confirmed);
}

function setWaiting(next: typeof waiting): void {
  waiting = next;
  for (const listener of listeners) listener();
}

// The next user of this page is not asked for what the former one began.
onSessionChange(() => {
  if (getSession().state === "anonymous" && waiting.length > 0) completeReauthentication(false);
});

setIdentityConfirmer(
  () =>
    new Promise((resolve) => {
      setWaiting([...waiting, resolve]);
    }),
);
