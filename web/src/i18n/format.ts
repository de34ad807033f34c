import { useTranslation } from "react-i18next";
import { type CalendarDay, startOfDay } from "./calendarDay";

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** SI symbols, the same in every language. */
const DURATION_UNITS = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
] as const;

export interface Format {
  /** "3 Nov 2026, 14:05" */
  readonly dateTime: (time: string | Date) => string;
  /** "3 Nov", with the year unless it is the current one. */
  readonly day: (day: CalendarDay, now?: Date) => string;
  /** Relative to `now`: "2 hours ago", "in 5 minutes", "now". */
  readonly relative: (time: string | Date, now?: Date) => string;
  readonly number: (value: number) => string;
  /** "25 MB", in powers of 1000. */
  readonly fileSize: (bytes: number) => string;
  /** "2 h 5 min", the two largest units. */
  readonly duration: (seconds: number) => string;
}

export function createFormat(language: string): Format {
  const dateTime = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
  const dayWithYear = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  const relativeFormat = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  const number = new Intl.NumberFormat(language);

  function withUnit(value: number, symbol: string, maximumFractionDigits = 0): string {
    return `${new Intl.NumberFormat(language, { maximumFractionDigits }).format(value)}\u00a0${symbol}`;
  }

  return {
    dateTime: (time) => dateTime.format(new Date(time)),
    day: (calendarDay, now = new Date()) => {
      const start = startOfDay(calendarDay);
      return (start.getFullYear() === now.getFullYear() ? day : dayWithYear).format(start);
    },
    relative: (time, now = new Date()) => {
      const seconds = Math.round((new Date(time).getTime() - now.getTime()) / 1000);
      const [name, length] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ["second", 0];
      return length === 0
        ? relativeFormat.format(0, "second")
        : relativeFormat.format(Math.trunc(seconds / length), name);
    },
    number: (value) => number.format(value),
    fileSize: (bytes) => {
      if (bytes < 1000) return withUnit(bytes, "B");
      return bytes < 1_000_000 ? withUnit(bytes / 1000, "kB") : withUnit(bytes / 1_000_000, "MB", 1);
    },
    duration: (seconds) => {
      const parts: string[] = [];
      let remaining = Math.round(seconds);
      for (const [symbol, length] of DURATION_UNITS) {
        const count = Math.floor(remaining / length);
        remaining -= count * length;
        if (count > 0) parts.push(withUnit(count, symbol));
      }
      return parts.slice(0, 2).join(" ") || withUnit(remaining, "s");
    },
  };
}

/** The regional variant of a language that the browser asks for: "en-GB" for "en". */
export function regionalLocale(language: string, browserLanguages: readonly string[]): string {
  return browserLanguages.find((each) => each.startsWith(`${language}-`)) ?? language;
}

/** Formats times and numbers in the current language. */
export function useFormat(): Format {
  const { i18n } = useTranslation();
  return cachedFormat(regionalLocale(i18n.language, navigator.languages));
}

const cache = new Map<string, Format>();

/** `Intl` formatters are slow to create, and every row of a list formats a time. */
function cachedFormat(language: string): Format {
  const format = cache.get(language) ?? createFormat(language);
  cache.set(language, format);
  return format;
}
