"""Says what a mail is to say: a subject, a text and an HTML body, in the recipient's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape

from common.events.notifications import Kind
from mailer.rendering import words
from mailer.rendering.words import LANGUAGES, Words

LAYOUTS = Path(__file__).parent / "layouts"
FALLBACK = "en"

_FACTS: Mapping[Kind, tuple[str, ...]] = {
    "password_changed": ("at", "ip", "user_agent"),
    "new_sign_in": ("at", "ip", "user_agent"),
}
_TIMES = ("at", "since", "expires_at")
_STATUSES = ("before", "after")


@dataclass(frozen=True)
class Rendered:
    """What is said. `subject` is one line."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class _Medium:
    """Text or HTML: its layout, and all languages compiled for it."""

    environment: Environment
    layout: str
    words: Mapping[str, Words]


class Renderer:
    """The same layout for every kind of mail, and the words of its kind in it."""

    def __init__(self) -> None:
        markdown = _markdown()
        self._text = _medium("mail.txt", escaping=False)
        self._html = _medium("mail.html", escaping=True)
        self._html.environment.filters["markdown"] = lambda text: Markup(markdown.render(text))  # noqa: S704 - no HTML passes

    def render(self, kind: Kind, locale: str, context: Mapping[str, Any]) -> Rendered:
        """`context` has `recipient`, `link`, `number` and `title` for what is about a ticket, optionally `expires_at`
        and `unsubscribe_link`, and what the kind's words need. Raises jinja2.UndefinedError where something is missing.
        """
        subject = " ".join(self._subject(kind, locale, context).split())
        return Rendered(
            subject,
            text=_filled(self._text, kind, locale, {**context, "subject": subject}),
            html=_filled(self._html, kind, locale, {**context, "subject": subject}),
        )

    def _subject(self, kind: Kind, locale: str, context: Mapping[str, Any]) -> str:
        said = _words(self._text, locale).kinds[kind]
        if "subject" not in said:
            return f"[#{context['number']}] {context['title']}"
        return words.filled(said["subject"], {**context, "name": context["recipient"].name})


def _filled(medium: _Medium, kind: Kind, locale: str, context: Mapping[str, Any]) -> str:
    language = _words(medium, locale)
    said = language.kinds[kind]
    known = {**context, **_for_readers(language, context), "name": context["recipient"].name}
    known["ticket"] = _ticket(medium, language, known)

    def safe(text: Any) -> str:
        return _said(medium, words.filled(text, known))

    has_end = known.get("expires_at") is not None
    return medium.environment.get_template(medium.layout).render(
        language=language.language,
        subject=known["subject"],
        greeting=safe(language.common["greeting"]),
        says=safe(said["says"]),
        body=known.get("body"),
        facts=_facts(kind, language, known),
        action=safe(said.get("action") or language.common["open_ticket"]),
        link=known["link"],
        expires=safe(language.common["expires"]) if has_end else None,
        note=safe(said["note"]) if "note" in said else None,
        unsubscribe=safe(language.common["unsubscribe"]),
        unsubscribe_link=known.get("unsubscribe_link"),
    )


def _for_readers(language: Words, context: Mapping[str, Any]) -> dict[str, str]:
    """Times and statuses as they are said in that language."""
    times = {name: language.time(context[name]) for name in _TIMES if context.get(name) is not None}
    return times | {name: language.statuses[context[name]] for name in _STATUSES if name in context}


def _ticket(medium: _Medium, language: Words, context: Mapping[str, Any]) -> str | None:
    if context.get("number") is None:
        return None
    if medium.environment.autoescape:
        return Markup("<strong>#{} {}</strong>").format(context["number"], context["title"])
    return words.filled(language.common["ticket"], context)


def _facts(kind: Kind, language: Words, context: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    return [(language.facts[name], context[name]) for name in _FACTS.get(kind, ()) if context.get(name)]


def _said(medium: _Medium, rendered: str) -> str:
    """What a template made is not escaped once more."""
    return Markup(rendered) if medium.environment.autoescape else rendered  # noqa: S704 - its own environment escaped it


def _words(medium: _Medium, locale: str) -> Words:
    return medium.words.get(locale) or medium.words[FALLBACK]


def _medium(layout: str, *, escaping: bool) -> _Medium:
    environment = Environment(
        loader=FileSystemLoader(LAYOUTS),
        autoescape=escaping,  # noqa: S701 - the other medium is plain text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return _Medium(environment, layout, {language: words.read(language, environment) for language in LANGUAGES})


def _markdown() -> MarkdownIt:
    # "js-default" lets no HTML through, so what a customer typed is shown and never run.
    markdown = MarkdownIt("js-default")
    markdown.add_render_rule("image", _image_as_link)
    return markdown


def _image_as_link(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    """A picture from elsewhere would tell its server who reads the mail, and when. Whoever wants to see it can."""
    address = str(tokens[index].attrs.get("src", ""))
    shown = self.renderInlineAsText(tokens[index].children or [], options, env) or address
    return str(Markup('<a href="{}">{}</a>').format(address, shown)) if address else str(escape(shown))
