import MarkdownIt, { type Env, type StateCore, type StateInline, type Token } from "markdown-it";
import { mentionAt, replaceMentions } from "./mentions";

/**
 * The dialect and its bounds are those of the emails (`mailer/rendering/markdown.py`): CommonMark with tables,
 * strikethrough, line breaks as typed, links from addresses, and mentions. Both are tested with
 * `tests/support/markdown_cases.json`.
 */
export const BOUNDS = {
  /** Positions at which the parser tries its rules, and tokens that it makes. */
  steps: 3_000,
  /** Of blocks in blocks, and of marks in marks. */
  depth: 20,
  /** Characters. */
  html: 100_000,
} as const;

export interface NotifiedPeople {
  /** Names by id. */
  readonly names: ReadonlyMap<string, string>;
  /** Follows the name of anybody else who is mentioned. */
  readonly notNotified: string;
}

interface RenderEnv extends Env {
  steps: number;
  readonly notified: NotifiedPeople | undefined;
}

const LINK = /^(?:https?|mailto|tel):/i;
const CODE = new Set(["code_inline", "code_block", "fence"]);
const CONTAINERS = [
  "paragraph",
  "heading",
  "blockquote",
  "bullet_list",
  "ordered_list",
  "list_item",
  "table",
  "th",
  "td",
];
const WITH_DIRECTION = new Set([...CONTAINERS.map((name) => `${name}_open`), "fence", "code_block"]);

/** The text would need more steps, depth or HTML than the bounds allow. */
export class MarkdownTooComplex extends Error {}

const dialect = new MarkdownIt({ linkify: true, breaks: true, maxNesting: BOUNDS.depth });
const { escapeHtml } = dialect.utils;

dialect.validateLink = (url) => LINK.test(url);
dialect.normalizeLinkText = (link) => link; // as typed: a decoded domain may look like another one
dialect.linkify
  .set({ fuzzyLink: false })
  .add("ftp:", null)
  .add("//", null)
  .add("www.", {
    validate: (text, position, linkify) =>
      Math.max(
        0,
        linkify.testSchemaAt(`http://www.${text.slice(position)}`, "http:", "http:".length) - "//www.".length,
      ),
    normalize: (match) => {
      match.url = `http://${match.url}`;
    },
  });

dialect.block.State = class extends dialect.block.State {
  override push(...token: Parameters<InstanceType<typeof dialect.block.State>["push"]>): Token {
    const pushed = super.push(...token);
    spendStep(this.env);
    requireDepth(this.level);
    return pushed;
  }
};
dialect.inline.State = class extends dialect.inline.State {
  override push(...token: Parameters<StateInline["push"]>): Token {
    spendStep(this.env);
    return super.push(...token);
  }
};

dialect.block.ruler.before("table", "step", ({ env }) => spendStep(env), {
  alt: ["paragraph", "reference", "blockquote", "list"],
});
dialect.inline.ruler.before("text", "step", ({ env }) => spendStep(env));
dialect.inline.ruler.before("link", "mention", parseMention);
dialect.core.ruler.push("finish", finishTokens);
Object.assign(dialect.renderer.rules, { mention: renderMention, fence: renderCode, code_block: renderCode });

/** The HTML of a text, in which nothing that was typed is HTML. Throws for a text that exceeds a bound. */
export function parseMarkdown(markdown: string, notified?: NotifiedPeople): string {
  const env: RenderEnv = { steps: 0, notified };
  const html = dialect.render(markdown, env);
  if (html.length > BOUNDS.html) throw new MarkdownTooComplex();
  return html;
}

function spendStep(env: Env): false {
  const counted = env as RenderEnv;
  counted.steps += 1;
  if (counted.steps > BOUNDS.steps) throw new MarkdownTooComplex();
  return false;
}

function requireDepth(level: number): void {
  // The parser drops what is nested as deep as its own limit.
  if (level >= BOUNDS.depth) throw new MarkdownTooComplex();
}

function parseMention(state: StateInline, silent: boolean): boolean {
  const mention = state.src[state.pos] === "@" ? mentionAt(state.src, state.pos) : undefined;
  if (mention === undefined || mention.end > state.posMax) return false;
  if (!silent) Object.assign(state.push("mention", "", 0), { content: mention.name, info: mention.userId });
  state.pos = mention.end;
  return true;
}

function finishTokens({ tokens, env, Token }: StateCore): void {
  // The first block inside another one has the direction of that one, so that the side of a quote or of a list's
  // markers follows its first line.
  let inheritsDirection = false;
  for (const token of tokens) {
    if (CODE.has(token.type)) token.content = replaceMentions(token.content);
    if (token.hidden) continue;
    if (WITH_DIRECTION.has(token.type)) {
      if (!inheritsDirection) token.attrSet("dir", "auto");
      inheritsDirection = token.nesting === 1;
    } else if (token.type === "inline" || token.nesting === -1) inheritsDirection = false;
    if (token.children !== null) token.children = [...finishInline(token.children, env, Token)];
    const style = token.attrGet("style");
    if (style === null) continue;
    token.attrs = (token.attrs ?? []).filter(([name]) => name !== "style");
    token.attrSet("align", String(style).replace("text-align:", ""));
  }
}

function* finishInline(tokens: readonly Token[], env: Env, NewToken: StateCore["Token"]): Generator<Token> {
  let links = 0;
  for (const token of tokens) {
    requireDepth(token.level);
    if (CODE.has(token.type)) token.content = replaceMentions(token.content);
    if (token.tag === "a") links += token.nesting;
    if (token.type !== "image") {
      yield token;
      continue;
    }
    // A remote image would tell its server who reads the message and when, so it becomes a link.
    const address = String(token.attrGet("src"));
    const text = new NewToken("text", "", 0);
    text.content = dialect.renderer.renderInlineAsText(token.children ?? [], dialect.options, env) || address;
    if (links > 0 || address === "") {
      yield text;
      continue;
    }
    const link = new NewToken("link_open", "a", 1);
    link.attrSet("href", address);
    yield* [link, text, new NewToken("link_close", "a", -1)];
  }
}

function renderMention(tokens: readonly Token[], index: number, _: unknown, env: Env | undefined): string {
  const { content: typed = "", info: userId = "" } = tokens[index] ?? {};
  const { notified } = env as RenderEnv;
  const name = notified?.names.get(userId);
  const mention = `<bdi>@${escapeHtml(name ?? typed)}</bdi>`;
  return notified === undefined || name !== undefined
    ? mention
    : `${mention} <small>(${escapeHtml(notified.notNotified)})</small>`;
}

function renderCode(tokens: readonly Token[], index: number): string {
  const token = tokens[index];
  if (token === undefined) return "";
  return `<pre${dialect.renderer.renderAttrs(token)}><code>${escapeHtml(token.content)}</code></pre>\n`;
}
