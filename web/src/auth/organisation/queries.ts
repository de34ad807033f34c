import { queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";

export type Organisation = Schemas["OwnOrganisationView"];

export const ownOrganisation = queryOptions({
  queryKey: ["auth", "organisation"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/organisation", { signal })),
});
