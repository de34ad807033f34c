import { act } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { renderHook } from "@/testing/renderHook";

vi.mock("@/auth/session/useCurrentUser", () => ({ useCurrentUser: () => ({ id: "robin" }) }));

const ROBINS_KEY = "A".repeat(43);
const KIMS_KEY = "B".repeat(42) + "A";

/** A page that was just opened: nothing is in memory. */
async function openPage() {
  vi.resetModules();
  const drafts = await import("./drafts");
  const session = await import("@/auth/session/session");
  const storage = await import("@/browser/encryptedStorage");
  return { ...drafts, ...session, ...storage };
}

afterEach(() => localStorage.clear());

describe("a draft", () => {
  it("exists until it is sent", async () => {
    const page = await openPage();
    await page.unlockStorage("robin", ROBINS_KEY);
    page.saveDraft("robin", "t1.public", "Dear Casey");
    expect(page.hasDraft("robin", "t1.public")).toBe(true);
    page.saveDraft("robin", "t1.public", "");
    expect(page.hasDraft("robin", "t1.public")).toBe(false);
    await page.draftsStored();
    expect(localStorage.length).toBe(0);
  });

  it("is separate per user and text", async () => {
    const page = await openPage();
    page.saveDraft("robin", "t1.internal", "Ask Kim");
    expect(page.hasDraft("kim", "t1.internal")).toBe(false);
    expect(page.hasDraft("robin", "t1.public")).toBe(false);
  });

  it("is there again for the same user who logs in after the session expired", async () => {
    const before = await openPage();
    await before.unlockStorage("robin", ROBINS_KEY);
    for (const text of ["Dear", "Dear K", "Dear Kim"]) before.saveDraft("robin", "t2.public", text);
    await before.draftsStored();

    const after = await openPage();
    expect(after.hasDraft("robin", "t2.public")).toBe(false);
    await after.unlockStorage("robin", ROBINS_KEY);
    await vi.waitFor(() => expect(after.hasDraft("robin", "t2.public")).toBe(true));
    expect(await after.readTexts("helpdesk.draft")).toEqual(new Map([["helpdesk.draft.robin.t2.public", "Dear Kim"]]));
  });

  it("is not readable for the next person at the browser", async () => {
    const page = await openPage();
    await page.unlockStorage("robin", ROBINS_KEY);
    page.saveDraft("robin", "t3.internal", "The password is swordfish");
    await page.draftsStored();
    page.endSession();

    expect(page.hasDraft("robin", "t3.internal")).toBe(false);
    expect(localStorage.length).toBe(1);
    expect(localStorage.getItem("helpdesk.draft.robin.t3.internal")).not.toContain("swordfish");
    const next = await openPage();
    await next.unlockStorage("kim", KIMS_KEY);
    expect(await next.readTexts("helpdesk.draft.kim.")).toEqual(new Map());
    expect(next.hasDraft("robin", "t3.internal")).toBe(false);
  });

  it("is kept in memory alone while there is no key", async () => {
    const page = await openPage();
    page.saveDraft("robin", "t4.public", "Dear Kim");
    await page.draftsStored();
    expect(page.hasDraft("robin", "t4.public")).toBe(true);
    expect(localStorage.length).toBe(0);
  });

  it("re-renders a row when it appears and disappears", async () => {
    const page = await openPage();
    const seen: boolean[] = [];
    const row = renderHook(() => seen.push(page.useHasDraft("t3.public", "t3.internal")));
    act(() => {
      page.saveDraft("robin", "t3.internal", "Ask Kim");
    });
    act(() => {
      page.saveDraft("robin", "t3.internal", "");
    });
    expect(seen).toEqual([false, true, false]);
    row.unmount();
  });
});
