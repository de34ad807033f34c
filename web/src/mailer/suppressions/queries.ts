import { infiniteQueryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { PAGED } from "@/api/queries";
import type { ItemOf } from "@/api/shapes";

export type Suppression = ItemOf<"list_suppressions">;
export const suppressionsKey = ["mailer", "suppressions"] as const;

/** The addresses that nothing is sent to, newest first. */
export const suppressions = infiniteQueryOptions({
  queryKey: suppressionsKey,
  queryFn: ({ pageParam, signal }) =>
    answer(api.GET("/api/v1/mail/suppressions", { params: { query: { limit: 50, cursor: pageParam } }, signal })),
  ...PAGED,
});
