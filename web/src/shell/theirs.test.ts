import { describe, expect, it } from "vitest";
import { theirs } from "./theirs";

const before = { name: "Lamps", require_mfa: false, refused: ["video/*"] };

describe("a form about what somebody else changes meanwhile", () => {
  it("takes up what was not touched", () => {
    const found = theirs(before, { ...before, name: "Lights" }, { ...before, require_mfa: true });
    expect(found).toEqual({ taken: { require_mfa: true }, disputed: [] });
  });

  it("keeps what was, and says so where others changed that too", () => {
    const found = theirs(before, { ...before, refused: [] }, { ...before, refused: ["audio/*"] });
    expect(found).toEqual({ taken: {}, disputed: ["refused"] });
  });

  it("has nothing to do where both made the same of it", () => {
    const now = { ...before, name: "Lights", refused: [] };
    expect(theirs(before, { ...now, refused: [...now.refused] }, now)).toEqual({ taken: {}, disputed: [] });
  });
});
