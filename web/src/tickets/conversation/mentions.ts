/**
 * Mentions in a message: `@[Name](user-id)`. The services have the same pattern in `common/mentions.py`, where it is
 * explained.
 */
const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const PATTERN = String.raw`(?<!\\)@\[((?:(?!@\[)[^\n]){1,200}?)\]\((${UUID})\)`;

export interface Mention {
  readonly name: string;
  readonly userId: string;
}

/** The mention at that position of the text, and the position of the text after it. */
export function mentionAt(text: string, position: number): (Mention & { readonly end: number }) | undefined {
  const pattern = new RegExp(PATTERN, "iuy");
  pattern.lastIndex = position;
  const [, name, userId] = pattern.exec(text) ?? [];
  if (name === undefined || userId === undefined) return undefined;
  return { name, userId: userId.toLowerCase(), end: pattern.lastIndex };
}

/** The text with `@Name`, or what `format` returns, instead of each mention. */
export function replaceMentions(text: string, format: (mention: Mention) => string = ({ name }) => `@${name}`): string {
  return text.replace(new RegExp(PATTERN, "giu"), (_, name: string, userId: string) =>
    format({ name, userId: userId.toLowerCase() }),
  );
}
