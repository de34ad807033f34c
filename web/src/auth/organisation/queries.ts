import { queryOptions } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "@/api/client";

export type Organisation = Schemas["OwnOrganisationView"];

export const ownOrganisation = queryOptions({
  queryKey: ["auth", "organisation"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/organisation", { signal })),
});
