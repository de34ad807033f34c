import { act } from "react";
import { createRoot } from "react-dom/client";
import { describe, expect, it, vi } from "vitest";
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
    vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
    const seen: boolean[] = [];
    function Row() {
      seen.push(useHasDraft("t3.public", "t3.internal"));
      return null;
    }
    const root = createRoot(document.createElement("div"));
    act(() => {
      root.render(<Row />);
    });
    act(() => {
      keepDraft("robin", "t3.internal", "Ask Kim");
    });
    act(() => {
      keepDraft("robin", "t3.internal", "");
    });
    expect(seen).toEqual([false, true, false]);
    act(() => {
      root.unmount();
    });
    vi.unstubAllGlobals();
  });
});
