import { useSyncExternalStore } from "react";

/* The secrets in mailed links. Each is in the fragment, which no browser sends to a server, and leaves the address bar and
   the history before anything else runs: main.tsx imports this module first. */

interface LinkToken {
  readonly path: string;
  readonly token: string;
}

let current: LinkToken | null = null;
const listeners = new Set<() => void>();

function takeFromAddress(): void {
  const { hash, pathname, search } = window.location;
  const token = new URLSearchParams(hash.slice(1)).get("token");
  if (token === null) return;
  current = { path: pathname, token };
  window.history.replaceState(window.history.state, "", pathname + search);
  for (const listener of listeners) listener();
}

takeFromAddress();
// A second link to the page that is open loads nothing anew.
window.addEventListener("hashchange", takeFromAddress);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The secret of the link that led to `path`; null without one, and after a reload. */
export function useLinkToken(path: string): string | null {
  return useSyncExternalStore(subscribe, () => (current?.path === path ? current.token : null));
}
