import type { TFunction } from "i18next";
import { isTransient, ProblemError } from "@/api/problem";

/** Texts that replace the general ones, by problem code or field. */
export type MessageOverrides = Readonly<Record<string, string>>;

/** The message for an error: by its problem code, else by its status. */
export function errorMessage(error: unknown, t: TFunction, overrides: MessageOverrides = {}): string {
  if (error instanceof ProblemError) {
    const override = overrides[error.code];
    if (override !== undefined) return override;
    if (error.status === 429) {
      const count = Math.ceil((error.retryAfter ?? 60) / 60);
      return t([`problem.${error.code}`, "problem.rate_limited"] as never, { count });
    }
    return t([`problem.${error.code}`, `problem.${String(error.status)}`, "problem.unknown"] as never);
  }
  return isTransient(error) ? t("problem.unreachable") : t("problem.unknown");
}

/** The validation errors of a 422, by field. */
export function fieldErrors(error: unknown, overrides: MessageOverrides = {}): Record<string, string> {
  if (!(error instanceof ProblemError)) return {};
  const messages = (error.problem.errors ?? []).map(
    ({ field, message }) => [field, overrides[field] ?? message] as const,
  );
  return Object.fromEntries(messages);
}
