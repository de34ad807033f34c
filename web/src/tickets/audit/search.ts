import * as v from "valibot";
import type { AuditFilters } from "./queries";

const text = v.fallback(v.optional(v.pipe(v.string(), v.maxLength(100))), undefined);
const day = v.fallback(v.optional(v.pipe(v.string(), v.isoDate())), undefined);

/** What the page's address says: each view of the trail is a link. Days are of the browser's calendar. */
export const AuditSearch = v.object({
  action: text,
  entity_type: text,
  entity_id: text,
  actor: text,
  from: day,
  to: day,
});
export type AuditSearch = v.InferOutput<typeof AuditSearch>;

/** Both days are part of it. */
export function filtersOf({ from, to, ...search }: AuditSearch): AuditFilters {
  const given = Object.entries(search).filter(([, value]) => Boolean(value));
  return {
    ...(Object.fromEntries(given) as AuditFilters),
    ...(from !== undefined && { from: new Date(`${from}T00:00`).toISOString() }),
    ...(to !== undefined && { to: nextDay(to).toISOString() }),
  };
}

function nextDay(day: string): Date {
  const at = new Date(`${day}T00:00`);
  at.setDate(at.getDate() + 1);
  return at;
}
