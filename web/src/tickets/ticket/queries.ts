import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  queryOptions,
} from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";
import { PAGED, withItem } from "@/api/queries";
import type { operations } from "@/api/schema";

export type Ticket = Schemas["TicketView"];
export type TicketPages = InfiniteData<Schemas["Page_TicketView_"], string | null>;
export type Status = Ticket["status"];
export type Priority = Ticket["priority"];

/** What the cache holds of a list that was read. */
export interface ReadList {
  readonly meta: Record<string, unknown> | undefined;
  readonly state: { readonly data: unknown; readonly dataUpdatedAt: number };
}

/** What a list of tickets can be narrowed to. */
export type TicketFilters = Omit<NonNullable<operations["list_tickets"]["parameters"]["query"]>, "limit" | "cursor">;

const PAGE = 50;

export const ticketKeys = {
  all: ["tickets"] as const,
  lists: ["tickets", "list"] as const,
  one: (id: string) => ["tickets", "one", id] as const,
};

export function ticketList(filters: TicketFilters) {
  return infiniteQueryOptions({
    queryKey: [...ticketKeys.lists, filters],
    queryFn: ({ pageParam, signal }) =>
      answer(api.GET("/api/v1/tickets", { params: { query: { ...filters, limit: PAGE, cursor: pageParam } }, signal })),
    ...PAGED,
  });
}

/** Of how many pages a list can be, to be read again whenever something may have changed: one request for each. */
export const FEW_PAGES = 4;

/** Has lists read again after something changed, but for long ones that somebody keeps up to date. */
export function readListsAgain(queryClient: QueryClient): Promise<void> {
  return queryClient.invalidateQueries({
    queryKey: ticketKeys.lists,
    predicate: (query) => !isLongAndLive(query),
  });
}

/** Whether whoever reads it hears of changes anyway (`desk/live.ts`), and it would be many requests. */
export function isLongAndLive({ meta, state }: ReadList): boolean {
  return meta?.["live"] === true && ((state.data as TicketPages | undefined)?.pages.length ?? 0) > FEW_PAGES;
}

/** The first few tickets that say something. */
export function found(words: string) {
  return queryOptions({
    queryKey: ["tickets", "found", words],
    queryFn: ({ signal }) => answer(api.GET("/api/v1/tickets", { params: { query: { q: words, limit: 8 } }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function oneTicket(id: string) {
  return queryOptions({
    queryKey: ticketKeys.one(id),
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/tickets/{ticket_id}", { params: { path: { ticket_id: id } }, signal })),
  });
}

/** Takes up a ticket as it is now, wherever an older one is shown. Rows that no longer belong stay until the next look. */
export function takeUp(queryClient: QueryClient, ticket: Ticket): void {
  queryClient.setQueryData(oneTicket(ticket.id).queryKey, (old) =>
    old === undefined || old.version < ticket.version ? ticket : undefined,
  );
  const isOlder = ({ id, version }: Ticket) => id === ticket.id && version < ticket.version;
  changeLists(queryClient, (list) => withItem(list, ticket, isOlder));
}

/** Changes lists that were read. That makes none of them fresher than it was: the rest of it was not read again. */
export function changeLists(
  queryClient: QueryClient,
  change: (list: TicketPages, filters: TicketFilters) => TicketPages,
): void {
  for (const { queryKey, state } of queryClient.getQueryCache().findAll({ queryKey: ticketKeys.lists })) {
    const old = state.data as TicketPages | undefined;
    const now = old && change(old, queryKey[2] as TicketFilters);
    if (now === old) continue;
    queryClient.setQueryData(queryKey, now, { updatedAt: state.isInvalidated ? 0 : state.dataUpdatedAt });
  }
}
