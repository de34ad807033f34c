import type { TFunction } from "i18next";
import { isPassing, Refused } from "@/api/problem";

/** What a page says instead of the general words for a code. */
export type Words = Readonly<Record<string, string>>;

/** An error in the person's own language: by the problem's code, else by its status. */
export function wordsFor(error: unknown, t: TFunction, words: Words = {}): string {
  if (error instanceof Refused) {
    const own = words[error.code];
    if (own !== undefined) return own;
    if (error.status === 429) return t("problem.rate_limited", { count: Math.ceil((error.retryAfter ?? 60) / 60) });
    return t([`problem.${error.code}`, `problem.${String(error.status)}`, "problem.unknown"] as never);
  }
  return isPassing(error) ? t("problem.unreachable") : t("problem.unknown");
}

/** What is wrong with each field, as the server sees it. Known fields have words of their own in `words`. */
export function fieldErrors(error: unknown, words: Words = {}): Record<string, string> {
  if (!(error instanceof Refused)) return {};
  const wrong = (error.problem.errors ?? []).map(({ field, message }) => [field, words[field] ?? message] as const);
  return Object.fromEntries(wrong);
}
