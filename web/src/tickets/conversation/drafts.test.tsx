import { act } from "react";
import { describe, expect, it, vi } from "vitest";
import { rendered } from "@/shell/rendered.test-support";
import { hasDraft, keepDraft, useHasDraft } from "./drafts";

vi.mock("@/auth/session/useUser", () => ({ useUser: () => ({ id: "robin" }) }));

describe("a draft", () => {
  it("is there until it is sent, and gone for good then", () => {
    keepDraft("robin", "t1.public", "Dear Casey");
    expect(hasDraft("robin", "t1.public")).toBe(true);
    keepDraft("robin", "t1.public", "");
    expect(hasDraft("robin", "t1.public")).toBe(false);
    expect(localStorage.length).toBe(0);
  });

  it("is each person's own, and of one text only", () => {
    keepDraft("robin", "t1.internal", "Ask Kim");
    expect(hasDraft("kim", "t1.internal")).toBe(false);
    expect(hasDraft("robin", "t1.public")).toBe(false);
  });

  it("is there again after the page was loaded anew", () => {
    localStorage.setItem("helpdesk.draft.robin.t2.public", "Dear Kim");
    expect(hasDraft("robin", "t2.public")).toBe(true);
  });

  it("is seen to come and go by a row that nothing else would draw anew", () => {
    const seen: boolean[] = [];
    const row = rendered(() => seen.push(useHasDraft("t3.public", "t3.internal")));
    act(() => {
      keepDraft("robin", "t3.internal", "Ask Kim");
    });
    act(() => {
      keepDraft("robin", "t3.internal", "");
    });
    expect(seen).toEqual([false, true, false]);
    row.leave();
  });
});
