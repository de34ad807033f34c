import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { type Mail, outboxKey } from "./queries";

/** Resends a failed or suppressed mail. */
export function useRetryMail({ id }: Mail) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/mail/outbox/{mail_id}/retry", { params: { path: { mail_id: id } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: outboxKey }),
  });
}
