import * as v from "valibot";

const day = v.fallback(v.optional(v.pipe(v.string(), v.isoDate())), undefined);

/** The period a report is of. */
export const ReportSearch = v.object({ from: day, to: day });
export type ReportSearch = v.InferOutput<typeof ReportSearch>;

const USUAL_DAYS = 30;

/** The period that is shown where none is chosen: the last 30 days of the browser's calendar. */
export function periodOf(
  { from, to }: ReportSearch,
  today: Date = new Date(),
): { readonly from: string; readonly to: string } {
  const last = to ?? dayOf(today);
  const first = new Date(`${last}T00:00`);
  first.setDate(first.getDate() - USUAL_DAYS + 1);
  return { from: from ?? dayOf(first), to: last };
}

function dayOf(at: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${String(at.getFullYear())}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
