import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { PAGED } from "@/api/queries";
import type { ItemOf, QueryOf } from "@/api/shapes";

export type Mail = ItemOf<"list_mails">;
export type MailStatus = Mail["status"];
export type MailFilters = Omit<QueryOf<"list_mails">, "limit" | "cursor">;

export const MAIL_STATUSES = [
  "queued",
  "sending",
  "sent",
  "failed",
  "suppressed",
] as const satisfies readonly MailStatus[];

export const outboxKey = ["mailer", "outbox"] as const;

/** The organisation's mails and what became of them, newest first. */
export function outbox(filters: MailFilters) {
  return infiniteQueryOptions({
    queryKey: [...outboxKey, filters],
    placeholderData: keepPreviousData, // while somebody types, the list does not come and go
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET("/api/v1/mail/outbox", { params: { query: { ...filters, limit: 50, cursor: pageParam } }, signal }),
      ),
    ...PAGED,
    refetchInterval: 10_000,
  });
}
