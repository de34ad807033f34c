import { useState } from "react";
import { type Mention, replaceMentions } from "./mentions";

const MAX_QUERY = 100;

/** The mentions of a draft, by what stands for them where it is written: `@Name`, without the id. */
export type MentionLabels = ReadonlyMap<string, Mention>;

export interface WrittenDraft {
  readonly text: string;
  readonly labels: MentionLabels;
}

/** How a draft is shown where it is written. Namesakes are numbered. Labels that are `known` keep their person. */
export function writtenDraft(draft: string, known: MentionLabels = new Map()): WrittenDraft {
  const labels = new Map(known);
  const text = replaceMentions(draft, (mention) => {
    const label = labelFor(mention, labels);
    labels.set(label, mention);
    return label;
  });
  return { text, labels };
}

/** The draft of a text that was written. */
export function storedDraft({ text, labels }: WrittenDraft): string {
  const longestFirst = [...labels.keys()].sort((a, b) => b.length - a.length);
  let draft = "";
  for (let at = 0; at < text.length;) {
    const label = text[at] === "@" ? longestFirst.find((each) => isWholeWord(text, at, each)) : undefined;
    const mention = label === undefined ? undefined : labels.get(label);
    draft += mention === undefined ? text.charAt(at) : `@[${mention.name}](${mention.userId})`;
    at += label?.length ?? 1;
  }
  return draft;
}

/**
 * A draft as it is written, and a function that saves a change of it. A label stands for the same person as long as the
 * component is mounted, so a mention whose text was deleted is one again when its text comes back.
 */
export function useWrittenDraft(
  draft: string,
  save: (draft: string) => void,
): readonly [WrittenDraft, (written: WrittenDraft) => void] {
  const [known, setKnown] = useState<MentionLabels>(new Map());
  const change = (changed: WrittenDraft) => {
    setKnown(changed.labels);
    save(storedDraft(changed));
  };
  return [writtenDraft(draft, known), change];
}

export interface MentionQuery {
  /** The position of the @. */
  readonly start: number;
  readonly text: string;
}

/** What is being typed after an @ at the beginning of a word. A name may consist of several words. */
export function mentionQuery(text: string, caret: number): MentionQuery | undefined {
  const [, word] =
    /(?:^|[\s(])@([\p{L}\p{M}][^\s@]*(?: [^\s@]+){0,2})$/u.exec(text.slice(Math.max(0, caret - MAX_QUERY), caret)) ??
    [];
  return word === undefined ? undefined : { start: caret - word.length - 1, text: word };
}

/** Puts a mention in the place of what was typed. `caret` is the position after it. */
export function insertMention(
  { text, labels }: WrittenDraft,
  query: MentionQuery,
  { name, userId }: Mention,
): WrittenDraft & { readonly caret: number } {
  // The name of a mention cannot contain the beginning of another one.
  const mention = { name: name.replaceAll("@[", "["), userId };
  const label = labelFor(mention, labels);
  const before = `${text.slice(0, query.start)}${label} `;
  const after = text.slice(query.start + 1 + query.text.length).replace(/^ /, "");
  return { text: before + after, labels: new Map(labels).set(label, mention), caret: before.length };
}

function labelFor({ name, userId }: Mention, labels: MentionLabels): string {
  for (let number = 1; ; number += 1) {
    const label = number === 1 ? `@${name}` : `@${name} (${String(number)})`;
    const taken = labels.get(label);
    if (taken === undefined || taken.userId === userId) return label;
  }
}

function isWholeWord(text: string, at: number, label: string): boolean {
  return (
    text.startsWith(label, at) && !/^[\p{L}\p{M}\p{N}]/u.test(text.slice(at + label.length, at + label.length + 2))
  );
}
