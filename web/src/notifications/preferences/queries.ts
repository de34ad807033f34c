import { queryOptions } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "@/api/client";

export type Preference = Schemas["PreferenceView"];
export type When = Preference["when"];

/** The user's preferences with their effective values. */
export const preferences = queryOptions({
  queryKey: ["notifications", "preferences"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/notifications/preferences", { signal })),
});
