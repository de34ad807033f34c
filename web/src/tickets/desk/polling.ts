import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, type Schemas, unwrap } from "@/api/client";
import { useCurrentUser } from "@/auth/session/useCurrentUser";
import { conversation } from "@/tickets/conversation/queries";
import { historyKey } from "@/tickets/history/queries";
import {
  applyUpdate,
  type CachedList,
  isLongPolledList,
  MAX_REFETCHED_PAGES,
  type Ticket,
  ticketDetail,
  type TicketFilters,
  ticketKeys,
  ticketList,
  type TicketPages,
  updateLists,
} from "@/tickets/ticket/queries";
import { matchesFilters } from "./filters";

type Page = Schemas["Page_TicketView_"];

const POLL_KEY = ["tickets", "changes"] as const;
const POLL_SECONDS = 1.5;

/** A ticket list that polling keeps up to date. A long one is not refetched on mount, reconnect or focus. */
export function polledTicketList(filters: TicketFilters) {
  const unlessLongList = (query: CachedList) => !isLongPolledList(query);
  return {
    ...ticketList(filters),
    meta: { polled: true },
    refetchOnMount: unlessLongList,
    refetchOnReconnect: unlessLongList,
    refetchOnWindowFocus: unlessLongList,
  };
}

/**
 * Polls for changed tickets and applies them to all lists and to the open ticket. Each poll is one query, mostly with an
 * empty result. Background tabs do not poll.
 */
export function usePolledTickets(): void {
  const queryClient = useQueryClient();
  const user = useCurrentUser();
  const { data } = useQuery({
    queryKey: POLL_KEY,
    queryFn: ({ signal, client }) => poll(client, client.getQueryData<PollState>(POLL_KEY), signal),
    refetchInterval: POLL_SECONDS * 1000,
    retry: false,
    gcTime: 0,
    structuralSharing: false,
  });

  useEffect(() => {
    for (const ticket of data?.changed ?? []) applyChange(queryClient, ticket, user.id);
    for (const id of data?.deletedIds ?? []) removeFromLists(queryClient, id);
  }, [data, queryClient, user.id]);
}

/** Applies a changed ticket to every view that shows it or should show it. */
export function applyChange(queryClient: QueryClient, ticket: Ticket, userId: string): void {
  const { queryKey } = ticketDetail(ticket.id);
  if (queryClient.getQueryData(queryKey) !== undefined) {
    // Also if this version is already known from an own change, which says nothing about other people's messages.
    void queryClient.invalidateQueries({ queryKey: conversation(ticket.id).queryKey });
    void queryClient.invalidateQueries({ queryKey: historyKey(ticket.id) });
  }
  applyUpdate(queryClient, ticket);
  const latest = queryClient.getQueryData(queryKey) ?? ticket;
  updateLists(queryClient, (list, filters) => mergeIntoList(list, latest, filters, userId));
}

export interface PollState {
  /** Of the last change that was seen, in the order in which the server committed them. */
  readonly position: number;
  readonly changed: readonly Ticket[];
  readonly deletedIds: readonly string[];
}

/** The state after a poll. Returns `previous` itself if nothing is new, so that nothing re-renders. */
export async function poll(
  queryClient: QueryClient,
  previous: PollState | undefined,
  signal: AbortSignal,
): Promise<PollState> {
  if (previous === undefined) return startPolling(queryClient, signal);
  const changed: Ticket[] = [];
  const deletedIds: string[] = [];
  let { position } = previous;
  for (let more = true; more;) {
    const changes = await fetchChanges(position, signal);
    // The database was restored from a backup.
    if (changes.position < position) return startPolling(queryClient, signal);
    changed.push(...changes.items);
    deletedIds.push(...changes.deleted_ids);
    ({ position, more } = changes);
  }
  return position === previous.position ? previous : { position, changed, deletedIds };
}

/** Starts polling. Lists that were read earlier may have missed changes. */
async function startPolling(queryClient: QueryClient, signal: AbortSignal): Promise<PollState> {
  const startedAt = Date.now();
  const { position } = await fetchChanges(undefined, signal);
  void resetOutdatedLists(queryClient, startedAt);
  return { position, changed: [], deletedIds: [] };
}

function fetchChanges(position: number | undefined, signal: AbortSignal): Promise<Schemas["TicketChanges"]> {
  const query = position === undefined ? {} : { after_position: position };
  return unwrap(api.GET("/api/v1/tickets/changes", { params: { query }, signal }));
}

/** After a pause in polling, long lists are cut to their first pages and refetched. */
export function resetOutdatedLists(queryClient: QueryClient, before: number): Promise<void> {
  const older = { queryKey: ticketKeys.lists, predicate: ({ state }: CachedList) => state.dataUpdatedAt < before };
  queryClient.setQueriesData<TicketPages>(older, (list) => list && firstPages(list), { updatedAt: 0 });
  return queryClient.invalidateQueries(older);
}

function firstPages({ pages, pageParams }: TicketPages): TicketPages {
  return { pages: pages.slice(0, MAX_REFETCHED_PAGES), pageParams: pageParams.slice(0, MAX_REFETCHED_PAGES) };
}

function removeFromLists(queryClient: QueryClient, id: string): void {
  updateLists(queryClient, (list) => (isListed(list, id) ? withoutTicket(list, id) : list));
}

function isListed(list: TicketPages, id: string): boolean {
  return list.pages.some(({ items }) => items.some((ticket) => ticket.id === id));
}

function withoutTicket(list: TicketPages, id: string): TicketPages {
  return {
    ...list,
    pages: list.pages.map((page) => ({ ...page, items: page.items.filter((ticket) => ticket.id !== id) })),
  };
}

/** Updates a list for a changed ticket: the ticket leaves, stays in place, or enters at the top. */
export function mergeIntoList(list: TicketPages, ticket: Ticket, filters: TicketFilters, userId: string): TicketPages {
  const [first] = list.pages;
  const listed = list.pages.flatMap(({ items }) => items).find(({ id }) => id === ticket.id);
  if (listed !== undefined && listed.version > ticket.version) return list;
  const matches = matchesFilters(ticket, filters, userId);
  if (listed !== undefined && matches === false) return withoutTicket(list, ticket.id);
  if (listed !== undefined || matches !== true || first === undefined || !sortsFirst(ticket, first, filters))
    return list;
  return { ...list, pages: [{ ...first, items: [ticket, ...first.items] }, ...list.pages.slice(1)] };
}

/** Whether the ticket sorts before the first row. If not, it appears with the next refetch. */
function sortsFirst(ticket: Ticket, first: Page, { sort, order }: TicketFilters): boolean {
  const [top] = first.items;
  if (order === "asc" || sort === "priority") return top === undefined;
  if (top === undefined) return true;
  return sort === "updated" ? ticket.updated_at >= top.updated_at : ticket.number > top.number;
}
