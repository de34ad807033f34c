import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { useUser } from "@/auth/session/useUser";
import { conversation } from "@/tickets/conversation/queries";
import { historyKey } from "@/tickets/history/queries";
import {
  changeLists,
  FEW_PAGES,
  isLongAndLive,
  oneTicket,
  type ReadList,
  takeUp,
  type Ticket,
  type TicketFilters,
  ticketKeys,
  ticketList,
  type TicketPages,
} from "@/tickets/ticket/queries";
import { belongs } from "./filters";

type Page = Schemas["Page_TicketView_"];

const LIVE = ["tickets", "live"] as const;
const LOOK_SECONDS = 1.5;
const MOST = 100;

/**
 * A list that is kept up to date by what is heard of changes: once it is long it is not read again on every occasion.
 */
export function liveTicketList(filters: TicketFilters) {
  const unlessLong = (query: ReadList) => !isLongAndLive(query);
  return {
    ...ticketList(filters),
    meta: { live: true },
    refetchOnMount: unlessLong,
    refetchOnReconnect: unlessLong,
    refetchOnWindowFocus: unlessLong,
  };
}

/**
 * Keeps the desk as it is for everybody: asks what changed since the last look, and takes that up in every list and in
 * the open ticket. One indexed query of mostly nothing; a tab in the background does not ask.
 */
export function useLiveDesk(): void {
  const queryClient = useQueryClient();
  const user = useUser();
  const { data } = useQuery({
    queryKey: LIVE,
    queryFn: async ({ signal, client }): Promise<Seen> => {
      const before = client.getQueryData<Seen>(LIVE) ?? (await begin(client, signal));
      return seenAfter(before, await changedSince(before.until, signal));
    },
    refetchInterval: LOOK_SECONDS * 1000,
    retry: false,
    gcTime: 0,
    structuralSharing: false,
  });

  useEffect(() => {
    for (const ticket of data?.changed ?? []) show(queryClient, ticket, user.id);
  }, [data, queryClient, user.id]);
}

/** Shows a ticket that changed, wherever it is shown or should be. */
export function show(queryClient: QueryClient, ticket: Ticket, userId: string): void {
  const { queryKey } = oneTicket(ticket.id);
  if (queryClient.getQueryData(queryKey) !== undefined) {
    // Also where this very version is known already: by one's own change, which says nothing of others' messages.
    void queryClient.invalidateQueries({ queryKey: conversation(ticket.id).queryKey });
    void queryClient.invalidateQueries({ queryKey: historyKey(ticket.id) });
  }
  takeUp(queryClient, ticket);
  const newest = queryClient.getQueryData(queryKey) ?? ticket;
  changeLists(queryClient, (list, filters) => withTicket(list, newest, filters, userId));
}

interface Seen {
  /** When the last change happened that was seen: the server's clock, never ours. */
  readonly until: string;
  /** What the last look found, and what of it was new. Each look finds the last of the one before again. */
  readonly found: readonly Ticket[];
  readonly changed: readonly Ticket[];
}

/** Begins to look. Lists that were read earlier may have missed what changed while nobody looked. */
async function begin(queryClient: QueryClient, signal: AbortSignal): Promise<Seen> {
  const began = Date.now();
  const page = await answer(api.GET("/api/v1/tickets", { params: { query: { sort: "updated", limit: 1 } }, signal }));
  void readOlderListsAgain(queryClient, began);
  return { until: page.items[0]?.updated_at ?? new Date(0).toISOString(), found: [], changed: [] };
}

/** After a time in which nobody heard of changes: what is long begins anew with its first pages. */
export function readOlderListsAgain(queryClient: QueryClient, than: number): Promise<void> {
  const older = { queryKey: ticketKeys.lists, predicate: ({ state }: ReadList) => state.dataUpdatedAt < than };
  queryClient.setQueriesData<TicketPages>(older, (list) => list && begun(list), { updatedAt: 0 });
  return queryClient.invalidateQueries(older);
}

function begun({ pages, pageParams }: TicketPages): TicketPages {
  return { pages: pages.slice(0, FEW_PAGES), pageParams: pageParams.slice(0, FEW_PAGES) };
}

async function changedSince(since: string, signal: AbortSignal): Promise<Ticket[]> {
  const query = { updated_after: since, sort: "updated", order: "asc", limit: MOST } as const;
  const found: Ticket[] = [];
  let cursor: string | null = null;
  do {
    const page: Page = await answer(api.GET("/api/v1/tickets", { params: { query: { ...query, cursor } }, signal }));
    found.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return found;
}

/** What is seen after a look that found these tickets; the very same as before where nothing is new. */
export function seenAfter(before: Seen, found: readonly Ticket[]): Seen {
  const known = new Set(before.found.map(({ id, version }) => `${id} ${String(version)}`));
  const changed = found.filter(({ id, version }) => !known.has(`${id} ${String(version)}`));
  return changed.length === 0 ? before : { until: found.at(-1)?.updated_at ?? before.until, found, changed };
}

/** A list after a ticket changed: it leaves, stays where it is, or comes in at the top. */
export function withTicket(list: TicketPages, ticket: Ticket, filters: TicketFilters, userId: string): TicketPages {
  const [first] = list.pages;
  const there = list.pages.flatMap(({ items }) => items).find(({ id }) => id === ticket.id);
  if (there !== undefined && there.version > ticket.version) return list;
  const wanted = belongs(ticket, filters, userId);
  if (there !== undefined && wanted === false) {
    return {
      ...list,
      pages: list.pages.map((page) => ({ ...page, items: page.items.filter(({ id }) => id !== ticket.id) })),
    };
  }
  if (there !== undefined || wanted !== true || first === undefined || !atTheTop(ticket, first, filters)) return list;
  return { ...list, pages: [{ ...first, items: [ticket, ...first.items] }, ...list.pages.slice(1)] };
}

/** Whether a list in this order would begin with the ticket. Elsewhere it turns up when the list is read again. */
function atTheTop(ticket: Ticket, first: Page, { sort, order }: TicketFilters): boolean {
  const [top] = first.items;
  if (order === "asc" || sort === "priority") return top === undefined;
  if (top === undefined) return true;
  return sort === "updated" ? ticket.updated_at >= top.updated_at : ticket.number > top.number;
}
