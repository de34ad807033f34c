import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "@/api/client";
import { CURSOR_PAGING } from "@/api/queryClient";

export type SessionView = Schemas["SessionView"];
export const sessionsKey = ["auth", "sessions"] as const;

/** The user's sessions, newest first. */
export const sessions = infiniteQueryOptions({
  queryKey: sessionsKey,
  queryFn: ({ pageParam, signal }) =>
    unwrap(api.GET("/api/v1/auth/sessions", { params: { query: { limit: 50, cursor: pageParam } }, signal })),
  ...CURSOR_PAGING,
});
