import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { aTicket } from "../tickets.test-support";
import { belongs, countOf, DeskSearch, filtersOf } from "./filters";

describe("the address of the desk", () => {
  it("asks for all that is open when it says nothing", () => {
    expect(filtersOf({})).toEqual({ status: ["new", "open", "in_progress", "pending"], sort: "updated" });
  });

  it("narrows a queue by what was chosen, and the choice of a status counts more than the queue's", () => {
    expect(filtersOf({ queue: "mine", status: ["closed"], q: "lamp" })).toEqual({
      assignee: "me",
      status: ["closed"],
      q: "lamp",
      sort: "updated",
    });
  });

  it("is read kindly: what nobody knows is left out", () => {
    const read = v.parse(DeskSearch, { queue: "nonsense", status: ["open", "lost"], sort: 7, other: 1 });
    expect(filtersOf(read)).toEqual(filtersOf({ queue: "open" }));
  });

  it("counts its filters without the queue and the words", () => {
    expect(countOf({ queue: "mine", q: "lamp", status: ["open"], tag: "x", category: "" })).toBe(2);
  });
});

describe("whether a ticket belongs into a list", () => {
  it.each([
    [{ status: ["open" as const] }, true],
    [{ status: ["closed" as const] }, false],
    [{ assignee: "none" }, true],
    [{ assignee: "me" }, false],
    [{ escalated: true }, false],
    [{ priority: ["normal" as const], tag: "lamp" }, false],
    [{}, true],
  ])("%o: %o", (filters, wanted) => {
    expect(belongs(aTicket(), filters, "robin")).toBe(wanted);
  });

  it("only the server can tell where words are sought", () => {
    expect(belongs(aTicket(), { q: "lamp" }, "robin")).toBeUndefined();
    expect(belongs(aTicket(), { q: "lamp", assignee: "me" }, "robin")).toBe(false);
  });

  it("mine is what is assigned to me", () => {
    expect(belongs(aTicket({ assignee: { id: "robin", name: "Robin" } }), { assignee: "me" }, "robin")).toBe(true);
  });
});
