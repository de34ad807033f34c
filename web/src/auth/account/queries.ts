import { queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";

export type Profile = Schemas["ProfileView"];

export const profile = queryOptions({
  queryKey: ["auth", "me"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/auth/me", { signal })),
});
