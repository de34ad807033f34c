import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  queryOptions,
} from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "@/api/client";
import type { QueryParamsOf } from "@/api/operationTypes";
import { CURSOR_PAGING, replaceItem } from "@/api/queryClient";

export type Ticket = Schemas["TicketView"];
export type TicketPages = InfiniteData<Schemas["Page_TicketView_"], string | null>;
export type Status = Ticket["status"];
export type Priority = Ticket["priority"];

/** A ticket list in the query cache. */
export interface CachedList {
  readonly meta: Record<string, unknown> | undefined;
  readonly state: { readonly data: unknown; readonly dataUpdatedAt: number };
}

export type TicketFilters = Omit<QueryParamsOf<"list_tickets">, "limit" | "cursor">;

const PAGE_SIZE = 50;

export const ticketKeys = {
  all: ["tickets"] as const,
  lists: ["tickets", "list"] as const,
  one: (id: string) => ["tickets", "one", id] as const,
};

export function ticketList(filters: TicketFilters) {
  return infiniteQueryOptions({
    queryKey: [...ticketKeys.lists, filters],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/tickets", { params: { query: { ...filters, limit: PAGE_SIZE, cursor: pageParam } }, signal }),
      ),
    ...CURSOR_PAGING,
  });
}

/** A polled list with more pages is not refetched on every change, because each page is one request. */
export const MAX_REFETCHED_PAGES = 4;

/** Refetches lists after a change, except long ones that polling keeps up to date. */
export function invalidateLists(queryClient: QueryClient): Promise<void> {
  return queryClient.invalidateQueries({
    queryKey: ticketKeys.lists,
    predicate: (query) => !isLongPolledList(query),
  });
}

/** Refetches what is shown of tickets, except long lists that polling keeps up to date. */
export function invalidateTickets(queryClient: QueryClient): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ticketKeys.all, predicate: (query) => !isLongPolledList(query) });
}

/** Whether polling (`desk/polling.ts`) keeps the list up to date and refetching it would take many requests. */
export function isLongPolledList({ meta, state }: CachedList): boolean {
  return (
    meta?.["polled"] === true && ((state.data as TicketPages | undefined)?.pages.length ?? 0) > MAX_REFETCHED_PAGES
  );
}

/** The best matches for a text. */
export function searchTickets(text: string) {
  return queryOptions({
    queryKey: ["tickets", "search", text],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/tickets", { params: { query: { q: text, limit: 8 } }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function ticketDetail(id: string) {
  return queryOptions({
    queryKey: ticketKeys.one(id),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/tickets/{ticket_id}", { params: { path: { ticket_id: id } }, signal })),
  });
}

/** Replaces older versions of a ticket in the cache. Rows that no longer match a filter stay until the next poll. */
export function applyUpdate(queryClient: QueryClient, ticket: Ticket): void {
  queryClient.setQueryData(ticketDetail(ticket.id).queryKey, (old) =>
    old === undefined || old.version < ticket.version ? ticket : undefined,
  );
  const isOlder = ({ id, version }: Ticket) => id === ticket.id && version < ticket.version;
  updateLists(queryClient, (list) => replaceItem(list, ticket, isOlder));
}

/** Updates cached lists without making them count as fresh, because the rest of each was not refetched. */
export function updateLists(
  queryClient: QueryClient,
  change: (list: TicketPages, filters: TicketFilters) => TicketPages,
): void {
  for (const { queryKey, state } of queryClient.getQueryCache().findAll({ queryKey: ticketKeys.lists })) {
    const list = state.data as TicketPages | undefined;
    const updated = list && change(list, queryKey[2] as TicketFilters);
    if (updated === list) continue;
    queryClient.setQueryData(queryKey, updated, { updatedAt: state.isInvalidated ? 0 : state.dataUpdatedAt });
  }
}
