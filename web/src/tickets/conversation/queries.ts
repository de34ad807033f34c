import { infiniteQueryOptions } from "@tanstack/react-query";
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
