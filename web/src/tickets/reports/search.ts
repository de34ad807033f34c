import * as v from "valibot";
import { addDays, type CalendarDay, optionalDay, toCalendarDay } from "@/i18n/calendarDay";

export const ReportSearch = v.object({ from: optionalDay, to: optionalDay });
export type ReportSearch = v.InferOutput<typeof ReportSearch>;

/** Both days belong to the period. */
export interface Period {
  readonly from: CalendarDay;
  readonly to: CalendarDay;
}

const DEFAULT_DAYS = 30;

/** The chosen period, by default the 30 days that end today. */
export function toPeriod({ from, to }: ReportSearch, today = new Date()): Period {
  const last = to ?? toCalendarDay(today);
  return { from: from ?? addDays(last, 1 - DEFAULT_DAYS), to: last };
}
