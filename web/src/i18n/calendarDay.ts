import * as v from "valibot";

/** A day of the browser's calendar, as RFC 3339 full-date: "2026-11-03". */
export type CalendarDay = `${number}-${number}-${number}`;

/** A day in the address; anything else is ignored. */
export const optionalDay = v.fallback(
  v.optional(
    v.pipe(
      v.string(),
      v.isoDate(),
      v.transform((day) => day as CalendarDay),
    ),
  ),
  undefined,
);

/** Midnight in the browser's timezone. */
export function startOfDay(day: CalendarDay): Date {
  return new Date(`${day}T00:00`);
}

export function addDays(day: CalendarDay, days: number): CalendarDay {
  const date = startOfDay(day);
  date.setDate(date.getDate() + days);
  return toCalendarDay(date);
}

export function toCalendarDay(time: Date): CalendarDay {
  const pad = (part: number, length: number) => String(part).padStart(length, "0");
  return `${pad(time.getFullYear(), 4)}-${pad(time.getMonth() + 1, 2)}-${pad(time.getDate(), 2)}` as CalendarDay;
}
