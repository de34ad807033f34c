import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { PAGED } from "@/api/queries";
import type { ItemOf, QueryOf } from "@/api/shapes";

export type Entry = ItemOf<"list_audit_entries">;
export type AuditFilters = Omit<QueryOf<"list_audit_entries">, "limit" | "cursor">;

/** What happened in the organisation, newest first. */
export function audit(filters: AuditFilters) {
  return infiniteQueryOptions({
    queryKey: ["tickets", "audit", filters],
    placeholderData: keepPreviousData, // while somebody types, the list does not come and go
    queryFn: ({ pageParam, signal }) =>
      answer(api.GET("/api/v1/audit", { params: { query: { ...filters, limit: 50, cursor: pageParam } }, signal })),
    ...PAGED,
  });
}
