import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { ItemOf } from "@/api/shapes";

export type Named = ItemOf<"list_people">;

const FRESH_MINUTES = 5;

/** People of the organisation whose name holds `text`; `staff`: only those who can answer. */
export function people(text: string, staff: boolean) {
  return queryOptions({
    queryKey: ["tickets", "people", { text, staff }],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/tickets/people", { params: { query: { text, staff, limit: 100 } }, signal })),
    placeholderData: keepPreviousData,
    staleTime: FRESH_MINUTES * 60_000,
  });
}

/** Who can be assigned. */
export function useColleagues(): readonly Named[] {
  return useQuery(people("", true)).data?.items ?? [];
}
