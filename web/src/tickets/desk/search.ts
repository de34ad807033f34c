import * as v from "valibot";
import { keysOf } from "@/api/keysOf";
import { PRIORITIES } from "@/tickets/ticket/priorities";
import type { TicketFilters } from "@/tickets/ticket/queries";
import { STATUSES } from "@/tickets/ticket/statuses";

export const QUEUES = ["mine", "unassigned", "open", "escalated", "all"] as const;
export type Queue = (typeof QUEUES)[number];

export const DEFAULT_SORT = "updated";
export const SORTS = keysOf<NonNullable<TicketFilters["sort"]>>({ updated: true, created: true, priority: true });

const optionalList = <const T extends readonly string[]>(values: T) => v.optional(v.array(v.picklist(values)));
const text = v.optional(v.pipe(v.string(), v.maxLength(200)));

/** The search parameters of the desk, so that each view is a link. */
export const DeskSearch = v.object({
  queue: v.optional(v.fallback(v.picklist(QUEUES), "open")),
  status: v.fallback(optionalList(STATUSES), undefined),
  priority: v.fallback(optionalList(PRIORITIES), undefined),
  category: v.fallback(text, undefined),
  tag: v.fallback(text, undefined),
  q: v.fallback(text, undefined),
  sort: v.fallback(v.optional(v.picklist(SORTS)), undefined),
});
export type DeskSearch = v.InferOutput<typeof DeskSearch>;
