import DOMPurify from "dompurify";
import { Marked } from "marked";

const marked = new Marked({ gfm: true, breaks: true, async: false });

marked.use({
  renderer: {
    // HTML is shown as typed and never parsed.
    html({ text }) {
      return escapeHtml(text);
    },
    // A remote picture would tell its server who reads the message and when, so it becomes a link.
    image({ href, text }) {
      return `<a href="${escapeHtml(href)}">${escapeHtml(text || href)}</a>`;
    },
  },
});

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
    ...["a", "b", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol"],
    ...["p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"],
  ],
  ALLOWED_ATTR: ["href", "title", "start"],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto|tel):/i,
};

/** Renders untrusted Markdown. The result runs and loads nothing. */
export function renderMarkdown(markdown: string): string {
  return purify.sanitize(marked.parse(markdown) as string, ALLOWED);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
