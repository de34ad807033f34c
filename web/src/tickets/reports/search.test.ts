import { describe, expect, it } from "vitest";
import { toAuditFilters } from "@/tickets/audit/search";
import { toPeriod } from "./search";

describe("days in the address", () => {
  it("default to the last 30 for a report", () => {
    expect(toPeriod({}, new Date(2026, 2, 10))).toEqual({ from: "2026-02-09", to: "2026-03-10" });
    expect(toPeriod({ to: "2026-01-31" })).toEqual({ from: "2026-01-02", to: "2026-01-31" });
  });

  it("both belong to the range of the audit trail", () => {
    const { from, to } = toAuditFilters({ from: "2026-11-03", to: "2026-11-03", action: "" });
    expect(new Date(to ?? "").getTime() - new Date(from ?? "").getTime()).toBe(24 * 3600 * 1000);
  });
});
