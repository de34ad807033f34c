import { useSyncExternalStore } from "react";

/** Whether the server is reachable, judged by the latest requests. */
export type Reachability = "online" | "offline" | "server-down";

let down = false;
const listeners = new Set<() => void>();

function notify(): void {
  for (const listener of listeners) listener();
}

export function markUnreachable(): void {
  if (!down) {
    down = true;
    notify();
  }
}

export function markReachable(): void {
  if (down) {
    down = false;
    notify();
  }
}

export function getReachability(): Reachability {
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
  return useSyncExternalStore(subscribe, getReachability);
}
