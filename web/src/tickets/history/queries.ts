import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "@/api/client";
import { CURSOR_PAGING } from "@/api/queryClient";

export type HistoryEntry = Schemas["HistoryEntry"];

const PAGE_SIZE = 100;

export const historyKey = (ticketId: string) => ["tickets", "history", ticketId] as const;

/** Oldest first. */
export function history(ticketId: string) {
  return infiniteQueryOptions({
    queryKey: historyKey(ticketId),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/tickets/{ticket_id}/history", {
          params: { path: { ticket_id: ticketId }, query: { limit: PAGE_SIZE, cursor: pageParam } },
          signal,
        }),
      ),
    ...CURSOR_PAGING,
  });
}
