import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api, type Schemas, unwrap } from "@/api/client";
import { ERROR_HANDLED } from "@/api/queryClient";
import { type Mail, type MailFilters, outboxKey } from "./queries";

/** Resends a failed, suppressed or unknown mail. */
export function useRetryMail({ id }: Mail) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/mail/outbox/{mail_id}/retry", { params: { path: { mail_id: id } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: outboxKey }),
  });
}

/** Marks an unknown mail as sent: it is not sent again. */
export function useMarkMailSent({ id }: Mail) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () =>
      unwrap(api.POST("/api/v1/mail/outbox/{mail_id}/mark-sent", { params: { path: { mail_id: id } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: outboxKey }),
  });
}

const STEP = 100;

type RetriedTotal = Pick<Schemas["RetriedMails"], "retried" | "skipped">;

interface RunHandlers {
  /** Receives what was done, also where the run was cancelled. */
  readonly onEnded: (total: RetriedTotal) => void;
  readonly onFailed: (error: Error) => void;
}

/**
 * Resends all failed mails that match, step by step, until `cancel` is called. `queued` counts those of the steps so far.
 * The run goes on after the component is unmounted.
 */
export function useRetryFailedMails({ onEnded, onFailed }: RunHandlers) {
  const queryClient = useQueryClient();
  const [queued, setQueued] = useState(0);
  const run = useRef<AbortController>(null);
  const mutation = useMutation({
    mutationFn: async (filters: Pick<MailFilters, "recipient">): Promise<RetriedTotal> => {
      const { signal } = (run.current = new AbortController());
      const total = { retried: 0, skipped: 0 };
      let cursor: string | null = null;
      do {
        const body: Schemas["FailedMailFilter"] = { ...filters, limit: STEP, cursor };
        const step = await unwrap(api.POST("/api/v1/mail/outbox/retry", { body }));
        total.retried += step.retried;
        total.skipped += step.skipped;
        cursor = step.next_cursor;
        setQueued(total.retried);
      } while (cursor !== null && !signal.aborted);
      return total;
    },
    onMutate: () => setQueued(0),
    onSuccess: onEnded,
    onError: onFailed,
    onSettled: () => queryClient.invalidateQueries({ queryKey: outboxKey }),
    meta: ERROR_HANDLED,
  });
  return { ...mutation, queued, cancel: () => run.current?.abort() };
}
