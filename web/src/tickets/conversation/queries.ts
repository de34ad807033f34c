import { infiniteQueryOptions, type QueryClient } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";
import { PAGED } from "@/api/queries";

export type Message = Schemas["MessageView"];

const PAGE = 100;

/** A ticket's messages, oldest first. */
export function conversation(ticketId: string) {
  return infiniteQueryOptions({
    queryKey: ["tickets", "conversation", ticketId],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET("/api/v1/tickets/{ticket_id}/messages", {
          params: { path: { ticket_id: ticketId }, query: { limit: PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    ...PAGED,
  });
}

/** Takes up what was just said, where the conversation is there to its end. */
export function takeUp(queryClient: QueryClient, ticketId: string, message: Message): void {
  queryClient.setQueryData(conversation(ticketId).queryKey, (old) => {
    const last = old?.pages.at(-1);
    if (old === undefined || last === undefined || last.next_cursor !== null) return undefined;
    if (last.items.some(({ id }) => id === message.id)) return undefined;
    return { ...old, pages: [...old.pages.slice(0, -1), { ...last, items: [...last.items, message] }] };
  });
}
