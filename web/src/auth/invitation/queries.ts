import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { CURSOR_PAGING } from "@/api/queryClient";

export const invitationsKey = ["auth", "invitations"] as const;

/** Pending invitations, newest first. */
export const invitations = infiniteQueryOptions({
  queryKey: invitationsKey,
  queryFn: ({ pageParam, signal }) =>
    unwrap(api.GET("/api/v1/users/invitations", { params: { query: { limit: 50, cursor: pageParam } }, signal })),
  ...CURSOR_PAGING,
});
