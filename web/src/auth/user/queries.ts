import { type InfiniteData, infiniteQueryOptions, keepPreviousData, type QueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { ItemOf, QueryParamsOf, ResponseOf } from "@/api/operationTypes";
import { CURSOR_PAGING, replaceItem } from "@/api/queryClient";

export type Person = ItemOf<"list_users">;
type PeoplePages = InfiniteData<ResponseOf<"list_users">, string | null>;
export type PeopleFilters = Omit<QueryParamsOf<"list_users">, "limit" | "cursor">;

export const peopleKey = ["auth", "users"] as const;

/** Users of the organisation, by name. */
export function people(filters: PeopleFilters) {
  return infiniteQueryOptions({
    queryKey: [...peopleKey, filters],
    placeholderData: keepPreviousData, // keeps the list in place while the user types
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET("/api/v1/users", { params: { query: { ...filters, limit: 50, cursor: pageParam } }, signal })),
    ...CURSOR_PAGING,
  });
}

/** Replaces older versions of a user in all cached lists. */
export function applyUpdate(queryClient: QueryClient, person: Person): void {
  const isOlder = ({ id, version }: Person) => id === person.id && version < person.version;
  queryClient.setQueriesData<PeoplePages>(
    { queryKey: peopleKey },
    (list) => list && replaceItem(list, person, isOlder),
  );
}

/** The latest version in any cached list. */
export function latestKnown(queryClient: QueryClient, person: Person): Person {
  return queryClient
    .getQueriesData<PeoplePages>({ queryKey: peopleKey })
    .flatMap(([, list]) => list?.pages.flatMap(({ items }) => items) ?? [])
    .filter(({ id }) => id === person.id)
    .reduce((known, each) => (known.version < each.version ? each : known), person);
}
