import { type InfiniteData, infiniteQueryOptions, keepPreviousData, type QueryClient } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { PAGED, withItem } from "@/api/queries";
import type { AnswerOf, ItemOf, QueryOf } from "@/api/shapes";

export type Person = ItemOf<"list_users">;
type PeoplePages = InfiniteData<AnswerOf<"list_users">, string | null>;
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

/** Takes up somebody as they are now, wherever they are shown as they were. */
export function takeUp(queryClient: QueryClient, person: Person): void {
  const isOlder = ({ id, version }: Person) => id === person.id && version < person.version;
  queryClient.setQueriesData<PeoplePages>({ queryKey: peopleKey }, (list) => list && withItem(list, person, isOlder));
}

/** The newest that is known of somebody who is shown. */
export function newest(queryClient: QueryClient, person: Person): Person {
  return queryClient
    .getQueriesData<PeoplePages>({ queryKey: peopleKey })
    .flatMap(([, list]) => list?.pages.flatMap(({ items }) => items) ?? [])
    .filter(({ id }) => id === person.id)
    .reduce((known, each) => (known.version < each.version ? each : known), person);
}
