import { infiniteQueryOptions, keepPreviousData, type QueryClient, queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";
import type { operations } from "@/api/schema";

export type Ticket = Schemas["TicketView"];
export type Status = Ticket["status"];
export type Priority = Ticket["priority"];

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
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
  });
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
  queryClient.setQueryData(oneTicket(ticket.id).queryKey, (old) => newer(old, ticket));
  queryClient.setQueriesData<{ pages: { items: readonly Ticket[] }[]; pageParams: unknown[] }>(
    { queryKey: ticketKeys.lists },
    (old) =>
      old && {
        ...old,
        pages: old.pages.map((page) => ({
          ...page,
          items: page.items.map((item) => (item.id === ticket.id ? newer(item, ticket) : item)),
        })),
      },
  );
}

function newer(old: Ticket | undefined, ticket: Ticket): Ticket {
  return old !== undefined && old.version > ticket.version ? old : ticket;
}
