import { act } from "react";
import { describe, expect, it } from "vitest";
import { renderHook } from "@/testing/renderHook";
import { insertMention, mentionQuery, storedDraft, useWrittenDraft, writtenDraft } from "./mentionDraft";

const ANNA = { name: "Anna Meier", userId: "01a2b3c4-0000-7000-8000-000000000001" };
const NAMESAKE = { name: "Anna Meier", userId: "01a2b3c4-0000-7000-8000-000000000002" };
const SAM = { name: "Sam [IT] (Berlin)", userId: "01a2b3c4-0000-7000-8000-000000000003" };

function mention({ name, userId }: typeof ANNA): string {
  return `@[${name}](${userId})`;
}

describe("a draft with mentions", () => {
  it.each([
    ["is written without ids", `Ask ${mention(ANNA)} or ${mention(SAM)}!`, "Ask @Anna Meier or @Sam [IT] (Berlin)!"],
    [
      "numbers namesakes",
      `${mention(ANNA)} ${mention(NAMESAKE)} ${mention(ANNA)}`,
      "@Anna Meier @Anna Meier (2) @Anna Meier",
    ],
    ["keeps everything else", "  a @b\n@[c](d) *e* 👩‍🚒", "  a @b\n@[c](d) *e* 👩‍🚒"],
  ])("%s", (_, draft, text) => {
    const written = writtenDraft(draft);
    expect(written.text).toBe(text);
    expect(storedDraft(written)).toBe(draft);
  });

  it("mentions nobody whose name was changed", () => {
    const written = { ...writtenDraft(mention(ANNA)), text: "@Anna Mei, @Anna Meierhof" };
    expect(storedDraft(written)).toBe("@Anna Mei, @Anna Meierhof");
  });

  it("mentions again whoever was deleted and put back", () => {
    let draft = `Hi ${mention(ANNA)}`;
    const { current } = renderHook(() => useWrittenDraft(draft, (changed) => (draft = changed)));
    const write = (text: string) => act(() => current()[1]({ ...current()[0], text }));
    write("Hi ");
    expect(draft).toBe("Hi ");
    write("Hi @Anna Meier");
    expect(draft).toBe(`Hi ${mention(ANNA)}`);
  });

  it("keeps the number of a namesake while the other one is deleted", () => {
    let draft = `${mention(ANNA)} ${mention(NAMESAKE)}`;
    const { current } = renderHook(() => useWrittenDraft(draft, (changed) => (draft = changed)));
    act(() => current()[1]({ ...current()[0], text: "@Anna Meier (2)" }));
    expect(current()[0].text).toBe("@Anna Meier (2)");
    act(() => current()[1]({ ...current()[0], text: "@Anna Meier @Anna Meier (2)" }));
    expect(draft).toBe(`${mention(ANNA)} ${mention(NAMESAKE)}`);
  });
});

describe("suggestions", () => {
  it.each([
    ["@An", "An"],
    ["Ask @Anna Mei", "Anna Mei"],
    ["(@יע", "יע"],
    ["line\n@a", "a"],
    ["@", undefined],
    ["@1", undefined],
    ["anna@meier", undefined],
    ["@Anna Meier please look", undefined],
    ["@Anna\nMeier", undefined],
  ])("for %j are those of %j", (text, query) => {
    expect(mentionQuery(text, text.length)?.text).toBe(query);
  });

  it("put the name in the place of what was typed, and the caret behind it", () => {
    const written = writtenDraft("Ask @Sa please");
    const query = mentionQuery(written.text, "Ask @Sa".length);
    if (query === undefined) throw new Error("no query");
    const inserted = insertMention(written, query, SAM);
    expect(inserted.text).toBe("Ask @Sam [IT] (Berlin) please");
    expect(inserted.text.slice(inserted.caret)).toBe("please");
    expect(storedDraft(inserted)).toBe(`Ask ${mention(SAM)} please`);
  });
});
