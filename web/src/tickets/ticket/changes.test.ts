import { describe, expect, it } from "vitest";
import { aTicket } from "../tickets.test-support";
import { differences, fieldsOf, meet } from "./changes";

const robin = { id: "robin", name: "Robin" };

describe("a change that meets others' changes", () => {
  it("goes through where nobody changed what people see", () => {
    expect(meet(["status"], aTicket(), aTicket({ version: 2, updated_at: "2026-11-04T00:00:00Z" })).kind).toBe("none");
  });

  it("is apart where others changed other fields, which are named", () => {
    const met = meet(["status"], aTicket(), aTicket({ version: 2, category: "Lamps" }));
    expect(met).toEqual({ kind: "apart", theirs: [{ field: "category", before: "", now: "Lamps" }] });
  });

  it("is overtaken where somebody changed the very field", () => {
    expect(meet(["assignee"], aTicket(), aTicket({ assignee: robin, tags: ["new"] })).kind).toBe("same");
  });

  it("is told in words, lists and names included", () => {
    const now = aTicket({ assignee: robin, tags: ["a", "b"] });
    expect(differences(aTicket(), now)).toEqual([
      { field: "tags", before: "", now: "a, b" },
      { field: "assignee", before: "", now: "Robin" },
    ]);
  });

  it("touches the fields it names and no others", () => {
    expect(fieldsOf({ priority: "high", title: "T" })).toEqual(["title", "priority"]);
    expect(fieldsOf({ assignee: null })).toEqual(["assignee"]);
  });
});
