import { describe, expect, it } from "vitest";
import { mergeRemote } from "./mergeRemote";

const before = { name: "Lamps", require_mfa: false, refused: ["video/*"] };

describe("a form whose values somebody else changes", () => {
  it("takes remote changes of untouched fields", () => {
    const found = mergeRemote(before, { ...before, name: "Lights" }, { ...before, require_mfa: true });
    expect(found).toEqual({ merged: { require_mfa: true }, conflicts: [] });
  });

  it("keeps local changes and reports fields that both changed", () => {
    const found = mergeRemote(before, { ...before, refused: [] }, { ...before, refused: ["audio/*"] });
    expect(found).toEqual({ merged: {}, conflicts: ["refused"] });
  });

  it("has nothing to do where both made the same change", () => {
    const now = { ...before, name: "Lights", refused: [] };
    expect(mergeRemote(before, { ...now, refused: [...now.refused] }, now)).toEqual({ merged: {}, conflicts: [] });
  });
});
