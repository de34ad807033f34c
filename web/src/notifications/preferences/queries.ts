import { queryOptions } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "@/api/client";

export type Preference = Schemas["PreferenceView"];
export type When = Preference["when"];

export const SEGMENTS = ["customers", "staff"] as const;
export type Segment = (typeof SEGMENTS)[number];

/** The defaults of the organisation for customers, or for agents and admins. */
export function preferenceDefaults(segment: Segment) {
  return queryOptions({
    queryKey: ["notifications", "defaults", segment],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/notifications/preferences/defaults/{segment}", { params: { path: { segment } }, signal })),
  });
}

/** The user's preferences with their effective values. */
export const preferences = queryOptions({
  queryKey: ["notifications", "preferences"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/notifications/preferences", { signal })),
});
