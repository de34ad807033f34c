import { infiniteQueryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { PAGED } from "@/api/queries";

export const invitationsKey = ["auth", "invitations"] as const;

/** Those that are open, newest first. */
export const invitations = infiniteQueryOptions({
  queryKey: invitationsKey,
  queryFn: ({ pageParam, signal }) =>
    answer(api.GET("/api/v1/users/invitations", { params: { query: { limit: 50, cursor: pageParam } }, signal })),
  ...PAGED,
});
