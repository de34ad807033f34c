import { describe, expect, it } from "vitest";
import { filtersOf } from "../audit/search";
import { periodOf } from "./search";

describe("days in an address", () => {
  it("are the last 30 where a report is asked for without any", () => {
    expect(periodOf({}, new Date(2026, 2, 10))).toEqual({ from: "2026-02-09", to: "2026-03-10" });
    expect(periodOf({ to: "2026-01-31" })).toEqual({ from: "2026-01-02", to: "2026-01-31" });
  });

  it("are both part of what is asked of the audit trail", () => {
    const { from, to } = filtersOf({ from: "2026-11-03", to: "2026-11-03", action: "" });
    expect(new Date(to ?? "").getTime() - new Date(from ?? "").getTime()).toBe(24 * 3600 * 1000);
  });
});
