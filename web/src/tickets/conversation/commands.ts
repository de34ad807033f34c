import { onlineManager, useMutation, useMutationState, useQueryClient } from "@tanstack/react-query";
import { attempt } from "@/api/attempts";
import { answer, api, type Schemas } from "@/api/client";
import { SHOWN } from "@/api/queries";
import { readListsAgain, ticketKeys } from "@/tickets/ticket/queries";
import { conversation, takeUp } from "./queries";

export type NewMessage = Schemas["NewMessage"];

const posting = (ticketId: string) => ["tickets", "post", ticketId] as const;

interface Outcome {
  readonly onSent: (body: NewMessage) => void;
  readonly onFailed: (error: unknown) => void;
}

/** What comes of it is told even to a form that is gone. */
export function usePostMessage(ticketId: string, { onSent, onFailed }: Outcome) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationKey: posting(ticketId),
    scope: { id: `messages of ${ticketId}` }, // one after the other: what was said first comes first
    mutationFn: (body: NewMessage) =>
      attempt(`message in ${ticketId}`, body, (header) =>
        answer(
          api.POST("/api/v1/tickets/{ticket_id}/messages", { body, params: { path: { ticket_id: ticketId }, header } }),
        ),
      ),
    onSuccess: (posted, message) => {
      takeUp(queryClient, ticketId, posted);
      onSent(message);
      // A reply may move the ticket on, too.
      void queryClient.invalidateQueries({ queryKey: ticketKeys.one(ticketId) });
      void readListsAgain(queryClient);
      void queryClient.invalidateQueries({ queryKey: conversation(ticketId).queryKey });
    },
    onError: onFailed,
    meta: SHOWN,
  });
}

interface OnItsWay {
  readonly key: number;
  readonly message: NewMessage;
  /** Waits for the network. */
  readonly waiting: boolean;
}

/** What was sent and is not in the conversation yet. */
export function useOnTheirWay(ticketId: string): readonly OnItsWay[] {
  return useMutationState({
    filters: { mutationKey: posting(ticketId), status: "pending" },
    select: (mutation) => ({
      key: mutation.mutationId,
      message: mutation.state.variables as NewMessage,
      waiting: mutation.state.isPaused && !onlineManager.isOnline(), // or it is another's turn
    }),
  });
}
