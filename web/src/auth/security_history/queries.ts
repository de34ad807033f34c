import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "@/api/client";
import { CURSOR_PAGING } from "@/api/queryClient";
import { profile } from "@/auth/profile/queries";

export type SecurityEvent = Schemas["SecurityEventView"];

/** What changed in how the user's account is protected, newest first. */
export const securityEvents = infiniteQueryOptions({
  queryKey: [...profile.queryKey, "security-events"], // a change of the account outdates both
  queryFn: ({ pageParam, signal }) =>
    unwrap(api.GET("/api/v1/auth/me/security-events", { params: { query: { limit: 10, cursor: pageParam } }, signal })),
  ...CURSOR_PAGING,
});
