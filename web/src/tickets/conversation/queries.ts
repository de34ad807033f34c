import { infiniteQueryOptions, type QueryClient } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "@/api/client";
import { CURSOR_PAGING } from "@/api/queryClient";

export type Message = Schemas["MessageView"];

const PAGE_SIZE = 100;

/** Oldest first. */
export function conversation(ticketId: string) {
  return infiniteQueryOptions({
    queryKey: ["tickets", "conversation", ticketId],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/tickets/{ticket_id}/messages", {
          params: { path: { ticket_id: ticketId }, query: { limit: PAGE_SIZE, cursor: pageParam } },
          signal,
        }),
      ),
    ...CURSOR_PAGING,
  });
}

/** Appends a posted message if the last page is loaded. */
export function appendMessage(queryClient: QueryClient, ticketId: string, message: Message): void {
  queryClient.setQueryData(conversation(ticketId).queryKey, (list) => {
    const last = list?.pages.at(-1);
    if (list === undefined || last === undefined || last.next_cursor !== null) return undefined;
    if (last.items.some(({ id }) => id === message.id)) return undefined;
    return { ...list, pages: [...list.pages.slice(0, -1), { ...last, items: [...last.items, message] }] };
  });
}
