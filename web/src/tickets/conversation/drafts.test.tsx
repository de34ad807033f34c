import { act } from "react";
import { describe, expect, it, vi } from "vitest";
import { renderHook } from "@/testing/renderHook";
import { hasDraft, saveDraft, useHasDraft } from "./drafts";

vi.mock("@/auth/session/useCurrentUser", () => ({ useCurrentUser: () => ({ id: "robin" }) }));

describe("a draft", () => {
  it("exists until it is sent", () => {
    saveDraft("robin", "t1.public", "Dear Casey");
    expect(hasDraft("robin", "t1.public")).toBe(true);
    saveDraft("robin", "t1.public", "");
    expect(hasDraft("robin", "t1.public")).toBe(false);
    expect(localStorage.length).toBe(0);
  });

  it("is separate per user and text", () => {
    saveDraft("robin", "t1.internal", "Ask Kim");
    expect(hasDraft("kim", "t1.internal")).toBe(false);
    expect(hasDraft("robin", "t1.public")).toBe(false);
  });

  it("survives a reload", () => {
    localStorage.setItem("helpdesk.draft.robin.t2.public", "Dear Kim");
    expect(hasDraft("robin", "t2.public")).toBe(true);
  });

  it("re-renders a row when it appears and disappears", () => {
    const seen: boolean[] = [];
    const row = renderHook(() => seen.push(useHasDraft("t3.public", "t3.internal")));
    act(() => {
      saveDraft("robin", "t3.internal", "Ask Kim");
    });
    act(() => {
      saveDraft("robin", "t3.internal", "");
    });
    expect(seen).toEqual([false, true, false]);
    row.unmount();
  });
});
