import { queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";

export type Preference = Schemas["PreferenceView"];
export type When = Preference["when"];

/** One's own choices, with what holds. */
export const preferences = queryOptions({
  queryKey: ["notifications", "preferences"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/notifications/preferences", { signal })),
});
