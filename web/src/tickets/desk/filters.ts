import type { Ticket, TicketFilters } from "@/tickets/ticket/queries";
import { isDone, STATUSES } from "@/tickets/ticket/statuses";
import { DEFAULT_SORT, type DeskSearch, type Queue } from "./search";

const OPEN_STATUSES = STATUSES.filter((status) => !isDone(status));

export function toTicketFilters({ queue = "open", ...search }: DeskSearch): TicketFilters {
  const queueFilters: Record<Queue, TicketFilters> = {
    mine: { assignee: "me", status: OPEN_STATUSES },
    unassigned: { assignee: "none", status: OPEN_STATUSES },
    open: { status: OPEN_STATUSES },
    escalated: { escalated: true, status: OPEN_STATUSES },
    all: {},
  };
  const selected = Object.entries({ ...search, sort: search.sort ?? DEFAULT_SORT }).filter(
    ([, value]) => !isEmpty(value),
  );
  return { ...queueFilters[queue], ...(Object.fromEntries(selected) as TicketFilters) };
}

/** Which search parameters count as filters: those of the filter dialog. */
const IS_FILTER: Record<keyof DeskSearch, boolean> = {
  queue: false,
  status: true,
  priority: true,
  category: true,
  tag: true,
  q: false,
  sort: false,
};

export function countFilters(search: DeskSearch): number {
  return Object.entries(search).filter(([name, value]) => IS_FILTER[name as keyof DeskSearch] && !isEmpty(value))
    .length;
}

type Predicate<Value> = (ticket: Ticket, value: Value, userId: string) => boolean | undefined;

const onlyServerKnows = () => undefined;

/** Whether a ticket matches each filter of the API; undefined where only the server can tell. */
const PREDICATES: { readonly [Name in keyof TicketFilters]-?: Predicate<NonNullable<TicketFilters[Name]>> } = {
  status: (ticket, statuses) => statuses.includes(ticket.status),
  priority: (ticket, priorities) => priorities.includes(ticket.priority),
  category: (ticket, category) => ticket.category === category,
  tag: (ticket, tag) => ticket.tags.includes(tag),
  assignee: (ticket, who, userId) =>
    who === "none" ? ticket.assignee === null : ticket.assignee?.id === (who === "me" ? userId : who),
  requester: (ticket, who, userId) => ticket.requester.id === (who === "me" ? userId : who),
  follow_up_of: (ticket, id) => ticket.follow_up_of === id,
  escalated: (ticket, escalated) => (ticket.escalated_at !== null) === escalated,
  deleted: (ticket, deleted) => (ticket.deleted_at !== null) === deleted,
  created_after: onlyServerKnows,
  created_before: onlyServerKnows,
  updated_after: onlyServerKnows,
  updated_before: onlyServerKnows,
  q: onlyServerKnows,
  sort: () => true,
  order: () => true,
};

/** Whether a ticket belongs in a list; undefined where only the server can tell. */
export function matchesFilters(ticket: Ticket, filters: TicketFilters, userId: string): boolean | undefined {
  const results = Object.entries(filters)
    .filter(([, value]) => !isEmpty(value))
    .map(([name, value]) => PREDICATES[name as keyof TicketFilters](ticket, value as never, userId));
  if (results.includes(false)) return false;
  return results.includes(undefined) ? undefined : true;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}
