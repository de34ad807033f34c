import * as v from "valibot";
import { PRIORITIES } from "@/tickets/ticket/priorities";
import type { Ticket, TicketFilters } from "@/tickets/ticket/queries";
import { isDone, STATUSES } from "@/tickets/ticket/statuses";

export const QUEUES = ["mine", "unassigned", "open", "escalated", "all"] as const;
export type Queue = (typeof QUEUES)[number];

const some = <const T extends readonly string[]>(words: T) => v.optional(v.array(v.picklist(words)));
const text = v.optional(v.pipe(v.string(), v.maxLength(200)));

/** What the desk's address says: each view is a link. */
export const DeskSearch = v.object({
  queue: v.optional(v.fallback(v.picklist(QUEUES), "open")),
  status: v.fallback(some(STATUSES), undefined),
  priority: v.fallback(some(PRIORITIES), undefined),
  category: v.fallback(text, undefined),
  tag: v.fallback(text, undefined),
  q: v.fallback(text, undefined),
  sort: v.fallback(v.optional(v.picklist(["created", "updated", "priority"])), undefined),
});
export type DeskSearch = v.InferOutput<typeof DeskSearch>;

const UNFINISHED = STATUSES.filter((status) => !isDone(status));

/** Which tickets a view of the desk shows. */
export function filtersOf({ queue = "open", ...search }: DeskSearch): TicketFilters {
  const ofQueue: Record<Queue, TicketFilters> = {
    mine: { assignee: "me", status: UNFINISHED },
    unassigned: { assignee: "none", status: UNFINISHED },
    open: { status: UNFINISHED },
    escalated: { escalated: true, status: UNFINISHED },
    all: {},
  };
  const chosen = Object.entries({ ...search, sort: search.sort ?? "updated" }).filter(([, value]) => !isEmpty(value));
  return { ...ofQueue[queue], ...(Object.fromEntries(chosen) as TicketFilters) };
}

/** How many filters are set besides the queue and the words sought. */
export function countOf({ status, priority, category, tag }: DeskSearch): number {
  return [status, priority, category, tag].filter((each) => !isEmpty(each)).length;
}

/** Whether a ticket belongs into a list. Undefined: only the server can tell, as it alone knows every word. */
export function belongs(ticket: Ticket, filters: TicketFilters, userId: string): boolean | undefined {
  const { status = [], priority = [], category, tag, assignee, escalated, q } = filters;
  if (status.length > 0 && !status.includes(ticket.status)) return false;
  if (priority.length > 0 && !priority.includes(ticket.priority)) return false;
  if (!isEmpty(category) && ticket.category !== category) return false;
  if (!isEmpty(tag) && !ticket.tags.includes(tag ?? "")) return false;
  if (escalated === true && ticket.escalated_at === null) return false;
  if (assignee === "none" && ticket.assignee !== null) return false;
  if (assignee === "me" && ticket.assignee?.id !== userId) return false;
  return isEmpty(q) ? true : undefined;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}
