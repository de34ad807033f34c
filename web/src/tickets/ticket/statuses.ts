import { keysOf } from "@/api/keysOf";
import type { Status } from "./queries";

/** The server's workflow (services/tickets: workflow.py). The server has the last word. */
const TRANSITIONS: Record<Status, readonly Status[]> = {
  new: ["open", "in_progress", "pending", "resolved", "closed"],
  open: ["in_progress", "pending", "resolved", "closed"],
  in_progress: ["open", "pending", "resolved", "closed"],
  pending: ["open", "in_progress", "resolved", "closed"],
  resolved: ["open", "closed"],
  closed: ["open"],
  merged: [],
};

/** The statuses that a ticket can reach, in workflow order. Nothing sets `merged` yet. */
export const STATUSES = keysOf(TRANSITIONS).filter((status) => status !== "merged");

export function nextStatuses(status: Status): readonly Status[] {
  return TRANSITIONS[status];
}

export function isDone(status: Status): boolean {
  return status === "resolved" || status === "closed" || status === "merged";
}
