import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { PAGED } from "@/api/queries";
import type { ItemOf, QueryOf } from "@/api/shapes";

export type Person = ItemOf<"list_users">;
export type PeopleFilters = Omit<QueryOf<"list_users">, "limit" | "cursor">;

export const peopleKey = ["auth", "users"] as const;

/** The people of the organisation, by name. */
export function people(filters: PeopleFilters) {
  return infiniteQueryOptions({
    queryKey: [...peopleKey, filters],
    placeholderData: keepPreviousData, // while somebody types, the list does not come and go
    queryFn: ({ pageParam, signal }) =>
      answer(api.GET("/api/v1/users", { params: { query: { ...filters, limit: 50, cursor: pageParam } }, signal })),
    ...PAGED,
  });
}
