import { infiniteQueryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";
import { PAGED } from "@/api/queries";

export type HistoryEntry = Schemas["HistoryEntry"];

const PAGE = 100;

export const historyKey = (ticketId: string) => ["tickets", "history", ticketId] as const;

/** What happened to a ticket, oldest first. */
export function history(ticketId: string) {
  return infiniteQueryOptions({
    queryKey: historyKey(ticketId),
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET("/api/v1/tickets/{ticket_id}/history", {
          params: { path: { ticket_id: ticketId }, query: { limit: PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    ...PAGED,
  });
}
