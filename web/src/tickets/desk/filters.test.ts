import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { makeTicket } from "@/tickets/ticket/makeTicket.test-support";
import { countFilters, matchesFilters, toTicketFilters } from "./filters";
import { DeskSearch } from "./search";

describe("the address of the desk", () => {
  it("selects all open tickets by default", () => {
    expect(toTicketFilters({})).toEqual({ status: ["new", "open", "in_progress", "pending"], sort: "updated" });
  });

  it("narrows a queue, and a selected status overrides that of the queue", () => {
    expect(toTicketFilters({ queue: "mine", status: ["closed"], q: "lamp" })).toEqual({
      assignee: "me",
      status: ["closed"],
      q: "lamp",
      sort: "updated",
    });
  });

  it("ignores unknown values", () => {
    const read = v.parse(DeskSearch, { queue: "nonsense", status: ["open", "lost"], sort: 7, other: 1 });
    expect(toTicketFilters(read)).toEqual(toTicketFilters({ queue: "open" }));
  });

  it("counts its filters without queue and search text", () => {
    expect(countFilters({ queue: "mine", q: "lamp", status: ["open"], tag: "x", category: "" })).toBe(2);
  });
});

describe("whether a ticket belongs in a list", () => {
  it.each([
    [{ status: ["open" as const] }, true],
    [{ status: ["closed" as const] }, false],
    [{ assignee: "none" }, true],
    [{ assignee: "me" }, false],
    [{ escalated: true }, false],
    [{ priority: ["normal" as const], tag: "lamp" }, false],
    [{}, true],
  ])("%o: %o", (filters, expected) => {
    expect(matchesFilters(makeTicket(), filters, "robin")).toBe(expected);
  });

  it("is unknown for a search text", () => {
    expect(matchesFilters(makeTicket(), { q: "lamp" }, "robin")).toBeUndefined();
    expect(matchesFilters(makeTicket(), { q: "lamp", assignee: "me" }, "robin")).toBe(false);
  });

  it('matches "me" with the assignee', () => {
    expect(matchesFilters(makeTicket({ assignee: { id: "robin", name: "Robin" } }), { assignee: "me" }, "robin")).toBe(
      true,
    );
  });
});
