import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { ItemOf, QueryParamsOf } from "@/api/operationTypes";
import { CURSOR_PAGING } from "@/api/queryClient";

export type Entry = ItemOf<"list_audit_entries">;
export type AuditFilters = Omit<QueryParamsOf<"list_audit_entries">, "limit" | "cursor">;

/** Newest first. */
export function audit(filters: AuditFilters) {
  return infiniteQueryOptions({
    queryKey: ["tickets", "audit", filters],
    placeholderData: keepPreviousData, // keeps the list in place while the user types
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET("/api/v1/audit", { params: { query: { ...filters, limit: 50, cursor: pageParam } }, signal })),
    ...CURSOR_PAGING,
  });
}
