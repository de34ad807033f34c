import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { ItemOf } from "@/api/operationTypes";

export type PersonName = ItemOf<"list_people">;

const STALE_MINUTES = 5;

/** People whose name contains `text`; with `staff`, only agents and admins. */
export function people(text: string, staff: boolean) {
  return queryOptions({
    queryKey: ["tickets", "people", { text, staff }],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/tickets/people", { params: { query: { text, staff, limit: 100 } }, signal })),
    placeholderData: keepPreviousData,
    staleTime: STALE_MINUTES * 60_000,
  });
}

export function useAssignees(): readonly PersonName[] {
  return useQuery(people("", true)).data?.items ?? [];
}
