import { type InfiniteData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { useUser } from "@/auth/session/useUser";
import { conversation } from "@/tickets/conversation/queries";
import { historyKey } from "@/tickets/history/queries";
import { takeUp, type Ticket, type TicketFilters, ticketKeys } from "@/tickets/ticket/queries";
import { belongs } from "./filters";

type Page = Schemas["Page_TicketView_"];
type Pages = InfiniteData<Page, string | null>;

const LOOK_SECONDS = 1.5;
const MOST = 100;

/**
 * Keeps the desk as it is for everybody: asks what changed since the last look, and takes that up in every list and in
 * the open ticket. One indexed query of mostly nothing; a tab in the background does not ask.
 */
export function useLiveDesk(): void {
  const queryClient = useQueryClient();
  const user = useUser();
  const { data } = useQuery({
    queryKey: ["tickets", "live"],
    queryFn: async ({ signal, client }): Promise<Seen> => {
      const before = client.getQueryData<Seen>(["tickets", "live"]);
      const since = before?.until ?? (await newest(signal));
      const page = await answer(
        api.GET("/api/v1/tickets", {
          params: { query: { updated_after: since, sort: "updated", order: "asc", limit: MOST } },
          signal,
        }),
      );
      return { until: page.items.at(-1)?.updated_at ?? since, changed: page.items };
    },
    refetchInterval: LOOK_SECONDS * 1000,
    retry: false,
    gcTime: 0,
    structuralSharing: false,
  });

  useEffect(() => {
    for (const ticket of data?.changed ?? []) {
      const known = queryClient.getQueryData<Ticket>(ticketKeys.one(ticket.id));
      if (known !== undefined && known.version < ticket.version) {
        void queryClient.invalidateQueries({ queryKey: conversation(ticket.id).queryKey });
        void queryClient.invalidateQueries({ queryKey: historyKey(ticket.id) });
      }
      takeUp(queryClient, ticket);
      for (const [queryKey, old] of queryClient.getQueriesData<Pages>({ queryKey: ticketKeys.lists })) {
        const filters = queryKey[2] as TicketFilters;
        if (old !== undefined) queryClient.setQueryData(queryKey, withTicket(old, ticket, filters, user.id));
      }
    }
  }, [data, queryClient, user.id]);
}

interface Seen {
  /** When the last change happened that was seen: the server's clock, never ours. */
  readonly until: string;
  readonly changed: readonly Ticket[];
}

async function newest(signal: AbortSignal): Promise<string> {
  const page = await answer(api.GET("/api/v1/tickets", { params: { query: { sort: "updated", limit: 1 } }, signal }));
  return page.items[0]?.updated_at ?? new Date(0).toISOString();
}

/** A list after a ticket changed: it leaves, stays where it is, or comes in at the top. */
export function withTicket(list: Pages, ticket: Ticket, filters: TicketFilters, userId: string): Pages {
  const [first] = list.pages;
  const there = list.pages.some((page) => page.items.some(({ id }) => id === ticket.id));
  const wanted = belongs(ticket, filters, userId);
  if (there && wanted === false) {
    return {
      ...list,
      pages: list.pages.map((page) => ({ ...page, items: page.items.filter(({ id }) => id !== ticket.id) })),
    };
  }
  if (there || wanted !== true || first === undefined || !atTheTop(ticket, first, filters)) return list;
  return { ...list, pages: [{ ...first, items: [ticket, ...first.items] }, ...list.pages.slice(1)] };
}

/** Whether a list in this order would begin with the ticket. Elsewhere it turns up when the list is read again. */
function atTheTop(ticket: Ticket, first: Page, { sort, order }: TicketFilters): boolean {
  const [top] = first.items;
  if (order === "asc" || sort === "priority") return top === undefined;
  if (top === undefined) return true;
  return sort === "updated" ? ticket.updated_at >= top.updated_at : ticket.number > top.number;
}
