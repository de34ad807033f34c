import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { BOUNDS, MarkdownTooComplex, parseMarkdown } from "./markdownDialect";

interface Cases {
  readonly bounds: Readonly<Record<string, number>>;
  readonly cases: readonly { readonly name: string; readonly markdown: string; readonly html: string }[];
  readonly hostile: readonly {
    readonly name: string;
    readonly start?: string;
    readonly pattern: string;
    readonly end?: string;
    readonly plain: boolean;
  }[];
}

const { bounds, cases, hostile } = JSON.parse(
  readFileSync(resolve(import.meta.dirname, "../../../../tests/support/markdown_cases.json"), "utf8"),
) as Cases;

/** Without the line breaks that the library puts after tags. */
function normalized(html: string): string {
  return html
    .replace(/(<\/?(?!code)[^>]+>)\n/g, "$1")
    .replace(/\n<\/code>/g, "</code>")
    .trim();
}

const LONGEST = 20_000;

function longest({ start = "", pattern, end = "" }: Cases["hostile"][number]): string {
  return start + pattern.repeat((LONGEST - start.length - end.length) / pattern.length) + end;
}

function isRendered(markdown: string): boolean {
  try {
    parseMarkdown(markdown);
    return true;
  } catch (error) {
    if (error instanceof MarkdownTooComplex) return false;
    throw error;
  }
}

describe("the Markdown of messages", () => {
  it.each(cases)("$name", ({ markdown, html }) => {
    expect(normalized(parseMarkdown(markdown))).toBe(html);
  });

  it("has the bounds of the emails", () => {
    expect(BOUNDS).toEqual(bounds);
  });

  it.each(hostile)("$name: as plain text if they exceed a bound", (text) => {
    expect(isRendered(longest(text))).toBe(!text.plain);
  });
});
