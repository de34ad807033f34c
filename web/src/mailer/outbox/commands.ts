import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { type Mail, outboxKey } from "./queries";

/** Has a mail sent again that failed or was suppressed. */
export function useRetryMail({ id }: Mail) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => answer(api.POST("/api/v1/mail/outbox/{mail_id}/retry", { params: { path: { mail_id: id } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: outboxKey }),
  });
}
