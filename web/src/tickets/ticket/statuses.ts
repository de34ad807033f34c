import type { Status } from "./queries";

/** In the order in which they are chosen. */
export const STATUSES = [
  "new",
  "open",
  "in_progress",
  "pending",
  "resolved",
  "closed",
  "merged",
] as const satisfies readonly Status[];

/** What can follow, as the server has it (DOMAIN: workflow); what it refuses all the same, it says itself. */
const FOLLOWS: Record<Status, readonly Status[]> = {
  new: ["open", "in_progress", "pending", "resolved", "closed"],
  open: ["in_progress", "pending", "resolved", "closed"],
  in_progress: ["open", "pending", "resolved", "closed"],
  pending: ["open", "in_progress", "resolved", "closed"],
  resolved: ["open", "closed"],
  closed: ["open"],
  merged: [],
};

export function following(status: Status): readonly Status[] {
  return FOLLOWS[status];
}

export function isDone(status: Status): boolean {
  return status === "resolved" || status === "closed" || status === "merged";
}
