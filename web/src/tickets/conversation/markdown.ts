import DOMPurify from "dompurify";
import { MarkdownTooComplex, type NotifiedPeople, parseMarkdown } from "./markdownDialect";

const purify = DOMPurify();

purify.addHook("afterSanitizeAttributes", (node) => {
  if (node.tagName === "A") {
    node.setAttribute("target", "_blank");
    node.setAttribute("rel", "noopener noreferrer nofollow");
  }
  // Headings of a message are not part of the page outline.
  if (/^H[1-6]$/.test(node.tagName)) node.setAttribute("role", "presentation");
});

const ALLOWED = {
  ALLOWED_TAGS: [
    ...["a", "bdi", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre"],
    ...["s", "small", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"],
  ],
  ALLOWED_ATTR: ["align", "dir", "href", "start", "title"],
  ALLOW_DATA_ATTR: false,
  ADD_URI_SAFE_ATTR: ["align", "dir", "start"], // no addresses, so that the expression below is not for them
  ALLOWED_URI_REGEXP: /^(?:https?|mailto|tel):/i,
};

/** Renders untrusted Markdown. The result runs and loads nothing. Returns null for a text that exceeds a bound. */
export function renderMarkdown(markdown: string, notified?: NotifiedPeople): string | null {
  try {
    return purify.sanitize(parseMarkdown(markdown, notified), ALLOWED);
  } catch (error) {
    if (error instanceof MarkdownTooComplex) return null;
    throw error;
  }
}
