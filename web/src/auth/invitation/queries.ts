import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
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

/** The user who has the address already, or null. */
export function holderOf(email: string) {
  return queryOptions({
    queryKey: [...invitationsKey, "holder", email],
    queryFn: async ({ signal }) => {
      const query = { text: email, limit: 100 };
      const { items } = await unwrap(api.GET("/api/v1/users", { params: { query }, signal }));
      return items.find((user) => user.email.toLowerCase() === email.toLowerCase()) ?? null;
    },
    enabled: email.includes("@"),
  });
}
