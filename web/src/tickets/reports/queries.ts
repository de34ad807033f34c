import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { ResponseOf } from "@/api/operationTypes";
import type { Period } from "./search";

export type Summary = Exclude<ResponseOf<"get_summary">, string>;
export type Agents = Exclude<ResponseOf<"get_agents">, string>;

/** Days start at midnight of the browser's timezone. */
const timezone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The endpoints return JSON or CSV. Raises TypeError for CSV. */
async function expectJson<Report>(report: Promise<Report | string>): Promise<Report> {
  const body = await report;
  if (typeof body === "string") throw new TypeError("Expected JSON, got CSV");
  return body;
}

export function summary(period: Period) {
  return queryOptions({
    queryKey: ["tickets", "reports", "summary", period],
    queryFn: ({ signal }) =>
      expectJson<Summary>(
        unwrap(api.GET("/api/v1/reports/summary", { params: { query: { ...period, timezone: timezone() } }, signal })),
      ),
  });
}

export function agents(period: Period) {
  return queryOptions({
    queryKey: ["tickets", "reports", "agents", period],
    queryFn: ({ signal }) =>
      expectJson<Agents>(
        unwrap(api.GET("/api/v1/reports/agents", { params: { query: { ...period, timezone: timezone() } }, signal })),
      ),
  });
}

export async function reportCsv(report: "summary" | "agents", period: Period): Promise<Blob> {
  const params = { query: { ...period, timezone: timezone(), format: "csv" as const } };
  const call =
    report === "summary"
      ? api.GET("/api/v1/reports/summary", { params, parseAs: "blob" })
      : api.GET("/api/v1/reports/agents", { params, parseAs: "blob" });
  return await unwrap(call);
}
