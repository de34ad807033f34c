import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { ItemOf, QueryParamsOf } from "@/api/operationTypes";
import { CURSOR_PAGING } from "@/api/queryClient";

export type Mail = ItemOf<"list_mails">;
export type MailFilters = Omit<QueryParamsOf<"list_mails">, "limit" | "cursor">;
export type MailStatus = NonNullable<MailFilters["status"]>;

export const outboxKey = ["mailer", "outbox"] as const;

/** Newest first. */
export function outbox(filters: MailFilters) {
  return infiniteQueryOptions({
    queryKey: [...outboxKey, filters],
    placeholderData: keepPreviousData, // keeps the list in place while the user types
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/mail/outbox", { params: { query: { ...filters, limit: 50, cursor: pageParam } }, signal }),
      ),
    ...CURSOR_PAGING,
    refetchInterval: 10_000,
  });
}

/** Whether the SMTP server takes mail. */
export const mailServer = queryOptions({
  queryKey: [...outboxKey, "server"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/mail/server", { signal })),
  refetchInterval: 10_000,
});
