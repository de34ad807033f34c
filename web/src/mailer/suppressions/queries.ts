import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { ItemOf } from "@/api/operationTypes";
import { CURSOR_PAGING } from "@/api/queryClient";

export type Suppression = ItemOf<"list_suppressions">;
export const suppressionsKey = ["mailer", "suppressions"] as const;

/** Newest first. */
export const suppressions = infiniteQueryOptions({
  queryKey: suppressionsKey,
  queryFn: ({ pageParam, signal }) =>
    unwrap(api.GET("/api/v1/mail/suppressions", { params: { query: { limit: 50, cursor: pageParam } }, signal })),
  ...CURSOR_PAGING,
});
