"""Renders the Markdown of messages as HTML.

The dialect is CommonMark with tables, strikethrough, line breaks as typed, links from addresses, and mentions. HTML is
shown as text, and images are links: a remote image would tell its server who reads the email, and when.

The web client renders the same dialect within the same bounds (`web/src/tickets/conversation/markdownDialect.ts`). Both
are tested with `tests/support/markdown_cases.json` (docs/decisions/0046).
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

import structlog
from linkify_it import LinkifyIt
from linkify_it.main import Match
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from common.mentions import MENTION, show_names

MAX_STEPS = 3_000
"""Positions at which the parser tries its rules, and tokens that it makes."""
MAX_DEPTH = 20
"""Of blocks in blocks, and of marks in marks."""
MAX_HTML = 100_000
"""Characters."""
_CACHED = 64

_LINK = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)
_CONTAINERS = ("paragraph", "heading", "blockquote", "bullet_list", "ordered_list", "list_item", "table", "th", "td")
_WITH_DIRECTION = {*(f"{name}_open" for name in _CONTAINERS), "fence", "code_block"}
_CODE = ("code_inline", "code_block", "fence")

log = structlog.get_logger(__name__)


class MarkdownTooComplex(Exception):
    """The text would need more steps, depth or HTML than the bounds allow."""


@lru_cache(_CACHED)
def render_body(text: str) -> Markup:
    """The HTML of a message. A text that exceeds a bound, or that the parser fails on, is shown as it was typed."""
    try:
        return render_markdown(text)
    except MarkdownTooComplex:
        pass
    except Exception as error:  # noqa: BLE001 - a fault of the parser must not cost anybody the email
        log.error("Markdown cannot be rendered", reason=type(error).__name__)
    return Markup('<p dir="auto" style="white-space:pre-wrap;unicode-bidi:plaintext">{}</p>').format(show_names(text))


def render_markdown(text: str) -> Markup:
    """Raises MarkdownTooComplex."""
    html = _DIALECT.render(text, {"steps": 0})
    if len(html) > MAX_HTML:
        raise MarkdownTooComplex
    return Markup(html)  # noqa: S704 - no HTML passes


class _Dialect(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802
        return _LINK.match(url) is not None

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        """As typed: a decoded domain may look like another one."""
        return link


class _BlockState(StateBlock):
    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        token = super().push(ttype, tag, nesting)
        _spend_step(self.env)
        _require_depth(self.level)
        return token


class _InlineState(StateInline):
    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        token = super().push(ttype, tag, nesting)
        _spend_step(self.env)
        return token


def _spend_step(env: EnvType) -> None:
    env["steps"] += 1
    if env["steps"] > MAX_STEPS:
        raise MarkdownTooComplex


def _require_depth(level: int) -> None:
    # The parser drops what is nested as deep as its own limit.
    if level >= MAX_DEPTH:
        raise MarkdownTooComplex


def _count_block_step(state: StateBlock, _start: int, _end: int, _silent: bool) -> bool:
    _spend_step(state.env)
    return False


def _count_inline_step(state: StateInline, _silent: bool) -> bool:
    _spend_step(state.env)
    return False


def _parse_blocks(state: StateCore) -> None:
    blocks = _BlockState(state.src, state.md, state.env, state.tokens)
    state.md.block.tokenize(blocks, blocks.line, blocks.lineMax)


def _parse_inline(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline":
            inline = _InlineState(token.content, state.md, state.env, [])
            state.md.inline.tokenize(inline)
            for rule in state.md.inline.ruler2.getRules(""):
                rule(inline)
            token.children = inline.tokens


def _parse_mention(state: StateInline, silent: bool) -> bool:
    found = MENTION.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.push("mention", "", 0).content = found["name"]
    state.pos = found.end()
    return True


def _finish_tokens(state: StateCore) -> None:
    # The first block inside another one has the direction of that one, so that the side of a quote or of a list's
    # markers follows its first line.
    inherits_direction = False
    for token in state.tokens:
        if token.type in _CODE:
            token.content = show_names(token.content)
        if token.hidden:
            continue
        if token.type in _WITH_DIRECTION:
            if not inherits_direction:
                token.attrSet("dir", "auto")
            inherits_direction = token.nesting == 1
        elif token.type == "inline" or token.nesting == -1:
            inherits_direction = False
        if token.children is not None:
            token.children = list(_finish_inline(state.md, token.children, state.env))
        if isinstance(style := token.attrs.pop("style", None), str):
            token.attrSet("align", style.removeprefix("text-align:"))


def _finish_inline(md: MarkdownIt, tokens: Sequence[Token], env: EnvType) -> Iterator[Token]:
    links = 0
    for token in tokens:
        _require_depth(token.level)
        if token.type in _CODE:
            token.content = show_names(token.content)
        if token.tag == "a":
            links += token.nesting
        if token.type != "image":
            yield token
            continue
        address = str(token.attrs.get("src", ""))
        label = RendererHTML().renderInlineAsText(token.children or [], md.options, env)
        text = Token("text", "", 0, content=label or address)
        if links or not address:
            yield text
        else:
            yield from (Token("link_open", "a", 1, attrs={"href": address}), text, Token("link_close", "a", -1))


def _render_mention(
    _self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    return str(Markup("<bdi>@{}</bdi>").format(tokens[index].content))


def _render_code(self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType) -> str:
    token = tokens[index]
    return f"<pre{self.renderAttrs(token)}><code>{escapeHtml(token.content)}</code></pre>\n"


def _validate_www(linkify: LinkifyIt, text: str, position: int) -> int:
    length: int = linkify.test_schema_at(f"http://www.{text[position:]}", "http:", len("http:"))
    return max(0, length - len("//www."))


def _normalize_www(_linkify: LinkifyIt, match: Match) -> None:
    match.url = f"http://{match.url}"


def _dialect() -> MarkdownIt:
    dialect = _Dialect("js-default", {"linkify": True, "breaks": True, "maxNesting": MAX_DEPTH})
    dialect.linkify = LinkifyIt().set({"fuzzy_link": False}).add("ftp:", None).add("//", None)
    dialect.linkify.add("www.", {"validate": _validate_www, "normalize": _normalize_www})
    dialect.core.ruler.at("block", _parse_blocks)
    dialect.core.ruler.at("inline", _parse_inline)
    dialect.core.ruler.push("finish", _finish_tokens)
    chains = ["paragraph", "reference", "blockquote", "list"]
    dialect.block.ruler.before("table", "step", _count_block_step, {"alt": chains})
    dialect.inline.ruler.before("text", "step", _count_inline_step)
    dialect.inline.ruler.before("link", "mention", _parse_mention)
    for token in ("fence", "code_block"):
        dialect.add_render_rule(token, _render_code)
    dialect.add_render_rule("mention", _render_mention)
    return dialect


_DIALECT = _dialect()
