import { useTranslation } from "react-i18next";

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
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
  /** Day and time, e.g. "3 Nov 2026, 14:05". */
  readonly moment: (at: string | Date) => string;
  /** The day alone, without the year: "3 Nov". */
  readonly day: (at: string | Date) => string;
  /** Seen from `now`: "2 hours ago", "in 5 minutes", "now". */
  readonly ago: (at: string | Date, now?: Date) => string;
  readonly number: (value: number) => string;
  readonly percent: (share: number) => string;
  /** "25 MB"; of bytes, in powers of 1000. */
  readonly size: (bytes: number) => string;
  /** "2 h 5 min"; of seconds, the two largest units. */
  readonly duration: (seconds: number) => string;
}

export function formatFor(language: string): Format {
  const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  const number = new Intl.NumberFormat(language);
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });

  function withUnit(value: number, symbol: string, maximumFractionDigits = 0): string {
    return `${new Intl.NumberFormat(language, { maximumFractionDigits }).format(value)}\u00a0${symbol}`;
  }

  return {
    moment: (at) => moment.format(new Date(at)),
    day: (at) => day.format(new Date(at)),
    ago: (at, now = new Date()) => {
      const seconds = Math.round((new Date(at).getTime() - now.getTime()) / 1000);
      const [name, length] = STEPS.find(([, each]) => Math.abs(seconds) >= each) ?? ["second", 0];
      return length === 0 ? relative.format(0, "second") : relative.format(Math.trunc(seconds / length), name);
    },
    number: (value) => number.format(value),
    percent: (share) => percent.format(share),
    size: (bytes) => {
      if (bytes < 1000) return withUnit(bytes, "B");
      return bytes < 1_000_000 ? withUnit(bytes / 1000, "kB") : withUnit(bytes / 1_000_000, "MB", 1);
    },
    duration: (seconds) => {
      const parts: string[] = [];
      let left = Math.round(seconds);
      for (const [symbol, length] of DURATION_UNITS) {
        const count = Math.floor(left / length);
        left -= count * length;
        if (count > 0) parts.push(withUnit(count, symbol));
      }
      return parts.slice(0, 2).join(" ") || withUnit(left, "s");
    },
  };
}

/** The language as it is written where the reader lives, as far as the browser says: "en" may be "en-GB". */
export function regional(language: string, asked: readonly string[]): string {
  return asked.find((each) => each.startsWith(`${language}-`)) ?? language;
}

/** The way times and numbers are written in the present language. */
export function useFormat(): Format {
  const { i18n } = useTranslation();
  return formats(regional(i18n.language, navigator.languages));
}

const made = new Map<string, Format>();

/** One for each language, since they take long to make and every row of a list has a time. */
function formats(language: string): Format {
  const format = made.get(language) ?? formatFor(language);
  made.set(language, format);
  return format;
}
