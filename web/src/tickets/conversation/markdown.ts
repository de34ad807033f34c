import DOMPurify from "dompurify";
import { Marked } from "marked";

const marked = new Marked({ gfm: true, breaks: true, async: false });

marked.use({
  renderer: {
    // HTML is shown as it was typed: what nobody means to run is not even read.
    html({ text }) {
      return escaped(text);
    },
    // A picture from elsewhere would tell its server who reads this, and when: it is a link instead.
    image({ href, text }) {
      return `<a href="${escaped(href)}">${escaped(text || href)}</a>`;
    },
  },
});

const purify = DOMPurify();

purify.addHook("afterSanitizeAttributes", (node) => {
  if (node.tagName === "A") {
    node.setAttribute("target", "_blank");
    node.setAttribute("rel", "noopener noreferrer nofollow");
  }
  // Headings of a message are none of the page.
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

/** The HTML of Markdown that anybody may have written: nothing in it runs, loads or looks like a part of the page. */
export function toHtml(markdown: string): string {
  return purify.sanitize(marked.parse(markdown) as string, ALLOWED);
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
