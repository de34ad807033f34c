import { describe, expect, it } from "vitest";
import { changedFields } from "./fields";
import { makeTicket } from "./makeTicket.test-support";
import { differences, reconcile } from "./reconcile";

const robin = { id: "robin", name: "Robin" };

describe("a change that is reconciled with concurrent ones", () => {
  it("is unaffected where nobody changed a visible field", () => {
    expect(
      reconcile(["status"], makeTicket(), makeTicket({ version: 2, updated_at: "2026-11-04T00:00:00Z" })).kind,
    ).toBe("unchanged");
  });

  it("is disjoint where others changed other fields, which are listed", () => {
    const result = reconcile(["status"], makeTicket(), makeTicket({ version: 2, category: "Lamps" }));
    expect(result).toEqual({ kind: "disjoint", remoteChanges: [{ field: "category", before: "", after: "Lamps" }] });
  });

  it("conflicts where somebody changed the same field", () => {
    expect(reconcile(["assignee"], makeTicket(), makeTicket({ assignee: robin, tags: ["new"] })).kind).toBe("conflict");
  });

  it("lists the remote values as text, with tags and names", () => {
    const current = makeTicket({ assignee: robin, tags: ["a", "b"] });
    expect(differences(makeTicket(), current)).toEqual([
      { field: "tags", before: "", after: "a, b" },
      { field: "assignee", before: "", after: "Robin" },
    ]);
  });

  it("changes the fields it names and no others", () => {
    expect(changedFields({ priority: "high", title: "T" })).toEqual(["title", "priority"]);
    expect(changedFields({ assignee: null })).toEqual(["assignee"]);
  });
});
