import { infiniteQueryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";
import { PAGED } from "@/api/queries";

export type SessionView = Schemas["SessionView"];
export const sessionsKey = ["auth", "sessions"] as const;

/** Where the caller is logged in, newest first. */
export const sessions = infiniteQueryOptions({
  queryKey: sessionsKey,
  queryFn: ({ pageParam, signal }) =>
    answer(api.GET("/api/v1/auth/sessions", { params: { query: { limit: 50, cursor: pageParam } }, signal })),
  ...PAGED,
});
