import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { AnswerOf } from "@/api/shapes";

export type Summary = Exclude<AnswerOf<"get_summary">, string>;
export type Agents = Exclude<AnswerOf<"get_agents">, string>;

export interface Period {
  readonly from: string;
  readonly to: string;
}

/** Days begin where the person who reads it is. */
const timezone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The same addresses answer text as CSV, which is not asked for here. */
async function numbers<Report>(report: Promise<Report | string>): Promise<Report> {
  const found = await report;
  if (typeof found === "string") throw new TypeError("Numbers were asked for, and text came");
  return found;
}

export function summary(period: Period) {
  return queryOptions({
    queryKey: ["tickets", "reports", "summary", period],
    queryFn: ({ signal }) =>
      numbers<Summary>(
        answer(api.GET("/api/v1/reports/summary", { params: { query: { ...period, timezone: timezone() } }, signal })),
      ),
  });
}

export function agents(period: Period) {
  return queryOptions({
    queryKey: ["tickets", "reports", "agents", period],
    queryFn: ({ signal }) =>
      numbers<Agents>(
        answer(api.GET("/api/v1/reports/agents", { params: { query: { ...period, timezone: timezone() } }, signal })),
      ),
  });
}

/** The same for a spreadsheet. */
export async function sheet(report: "summary" | "agents", period: Period): Promise<Blob> {
  const params = { query: { ...period, timezone: timezone(), format: "csv" as const } };
  const call =
    report === "summary"
      ? api.GET("/api/v1/reports/summary", { params, parseAs: "blob" })
      : api.GET("/api/v1/reports/agents", { params, parseAs: "blob" });
  return await answer(call);
}
