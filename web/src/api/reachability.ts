import { useSyncExternalStore } from "react";

/** Whether the server can be reached, as the last requests tell. */
export type Reachability = "online" | "offline" | "server-down";

let down = false;
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

export function failed(): void {
  if (!down) {
    down = true;
    tell();
  }
}

export function succeeded(): void {
  if (down) {
    down = false;
    tell();
  }
}

export function reachability(): Reachability {
  if (!navigator.onLine) return "offline";
  return down ? "server-down" : "online";
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}

export function useReachability(): Reachability {
  return useSyncExternalStore(subscribe, reachability);
}
