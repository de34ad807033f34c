import { queryOptions } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "@/api/client";

export type Profile = Schemas["ProfileView"];

export const profile = queryOptions({
  queryKey: ["auth", "me"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/auth/me", { signal })),
});
