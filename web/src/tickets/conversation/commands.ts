import { onlineManager, useMutation, useMutationState, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "@/api/client";
import { sendIdempotently } from "@/api/idempotency";
import { ERROR_HANDLED } from "@/api/queryClient";
import { invalidateLists, ticketKeys } from "@/tickets/ticket/queries";
import { appendMessage, conversation } from "./queries";

export type NewMessage = Schemas["NewMessage"];

const postKey = (ticketId: string) => ["tickets", "post", ticketId] as const;

interface Outcome {
  readonly onSent: (body: NewMessage) => void;
  readonly onFailed: (error: unknown) => void;
}

/** The callbacks run even if the form was unmounted. */
export function usePostMessage(ticketId: string, { onSent, onFailed }: Outcome) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationKey: postKey(ticketId),
    scope: { id: `messages of ${ticketId}` }, // keeps the messages in the order they were written
    mutationFn: (body: NewMessage) =>
      sendIdempotently(`message in ${ticketId}`, body, (header) =>
        unwrap(
          api.POST("/api/v1/tickets/{ticket_id}/messages", { body, params: { path: { ticket_id: ticketId }, header } }),
        ),
      ),
    onSuccess: (posted, message) => {
      appendMessage(queryClient, ticketId, posted);
      onSent(message);
      // A reply may change the ticket's status.
      void queryClient.invalidateQueries({ queryKey: ticketKeys.one(ticketId) });
      void invalidateLists(queryClient);
      void queryClient.invalidateQueries({ queryKey: conversation(ticketId).queryKey });
    },
    onError: onFailed,
    meta: ERROR_HANDLED,
  });
}

interface PendingMessage {
  readonly key: number;
  readonly message: NewMessage;
  /** Paused until the network is back. */
  readonly offline: boolean;
}

/** Messages that were submitted and have no response yet. */
export function usePendingMessages(ticketId: string): readonly PendingMessage[] {
  return useMutationState({
    filters: { mutationKey: postKey(ticketId), status: "pending" },
    select: (mutation) => ({
      key: mutation.mutationId,
      message: mutation.state.variables as NewMessage,
      // Online, a paused mutation is queued behind another message.
      offline: mutation.state.isPaused && !onlineManager.isOnline(),
    }),
  });
}
