import * as v from "valibot";
import { addDays, optionalDay, startOfDay } from "@/i18n/calendarDay";
import type { AuditFilters } from "./queries";

const text = v.fallback(v.optional(v.pipe(v.string(), v.maxLength(100))), undefined);

/** The search parameters of the page, so that each view is a link. */
export const AuditSearch = v.object({
  action: text,
  entity_type: text,
  entity_id: text,
  actor: text,
  from: optionalDay,
  to: optionalDay,
});
export type AuditSearch = v.InferOutput<typeof AuditSearch>;

/** Both days belong to the range. */
export function toAuditFilters({ from, to, ...search }: AuditSearch): AuditFilters {
  const set = Object.entries(search).filter(([, value]) => Boolean(value));
  return {
    ...(Object.fromEntries(set) as AuditFilters),
    ...(from !== undefined && { from: startOfDay(from).toISOString() }),
    ...(to !== undefined && { to: startOfDay(addDays(to, 1)).toISOString() }),
  };
}
