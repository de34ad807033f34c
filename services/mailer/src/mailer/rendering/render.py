"""Renders the subject, the text and the HTML of an email in the recipient's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from common.mentions import show_names
from common.notification_kinds import NotificationKind
from mailer.rendering import translations
from mailer.rendering.markdown import render_body
from mailer.rendering.translations import LANGUAGES, Translations

LAYOUTS = Path(__file__).parent / "layouts"
FALLBACK = "en"

_STATUSES = ("before", "after")


@dataclass(frozen=True)
class EmailContext:
    """The values that texts and layouts use besides those of the kind. `number` and `title` are the ticket's."""

    audience: str
    name: str
    link: str
    actor: str | None = None
    number: int | None = None
    title: str | None = None
    expires_at: datetime | None = None
    unsubscribe_link: str | None = None
    bundled: bool = False


@dataclass(frozen=True)
class RenderedEmail:
    """`subject` is one line."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class _Medium:
    """Text or HTML: its layout, and all languages compiled for it."""

    environment: Environment
    layout: str
    languages: Mapping[str, Translations]

    def language(self, locale: str) -> Translations:
        return self.languages.get(locale) or self.languages[FALLBACK]

    def mark_safe(self, rendered: str) -> str:
        """Keeps rendered text from being escaped again."""
        return Markup(rendered) if self.environment.autoescape else rendered  # noqa: S704 - escaped when it was rendered


class Renderer:
    """One layout for all kinds of email, with the texts of the kind in it."""

    def __init__(self) -> None:
        self._text = _medium("mail.txt", escaping=False)
        self._html = _medium("mail.html", escaping=True)
        self._html.environment.filters["markdown"] = render_body
        self._text.environment.filters["names"] = show_names

    def render(self, kind: NotificationKind, locale: str, email: EmailContext) -> RenderedEmail:
        """Raises LookupError for an audience that the kind does not have, and jinja2.UndefinedError for a text that
        uses a value the kind does not have."""
        values = {**vars(email), **dict(kind)}
        subject = " ".join(_subject(self._text.language(locale), kind, values).split())
        return RenderedEmail(
            subject,
            text=_render(self._text, kind, locale, {**values, "subject": subject}),
            html=_render(self._html, kind, locale, {**values, "subject": subject}),
        )


def _subject(language: Translations, kind: NotificationKind, values: Mapping[str, Any]) -> str:
    texts = language.texts[kind.text_key(values["audience"])]
    return texts["subject"].render(values) if "subject" in texts else f"[#{values['number']}] {values['title']}"


def _render(medium: _Medium, kind: NotificationKind, locale: str, values: Mapping[str, Any]) -> str:
    language = medium.language(locale)
    texts = language.texts[kind.text_key(values["audience"])]
    shown = {name: _localise(language, name, value) for name, value in values.items()}
    shown["ticket"] = _ticket(medium, language, shown)
    rendered = {name: medium.mark_safe(text.render(shown)) for name, text in texts.items()}

    def common(name: str) -> str:
        return medium.mark_safe(language.common[name].render(shown))

    return medium.environment.get_template(medium.layout).render(
        language=language.language,
        subject=shown["subject"],
        greeting=common("greeting"),
        says=rendered["says"],
        doubt=common("requester_unconfirmed") if shown.get("requester_unconfirmed") else None,
        body=shown.get("body"),
        attachments=common("attachments"),
        files=[f"{file.name} ({language.file_size(file.size)})" for file in shown.get("files", ())],
        facts=[(language.facts[name], shown[name]) for name in kind.facts if shown[name]],
        action=rendered.get("action") or common("open_ticket"),
        link=shown["link"],
        expires=common("expires") if shown["expires_at"] is not None else None,
        note=rendered.get("note"),
        bundled=common("bundled") if shown["bundled"] else None,
        unsubscribe=common("unsubscribe"),
        unsubscribe_link=shown["unsubscribe_link"],
    )


def _localise(language: Translations, name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return language.time(value)
    if name == "role":
        return language.roles[value]
    return language.statuses[value] if name in _STATUSES else value


def _ticket(medium: _Medium, language: Translations, shown: Mapping[str, Any]) -> str | None:
    if shown["number"] is None:
        return None
    if medium.environment.autoescape:
        return Markup("<strong>#{} <bdi>{}</bdi></strong>").format(shown["number"], shown["title"])
    return language.common["ticket"].render(shown)


def _medium(layout: str, *, escaping: bool) -> _Medium:
    environment = Environment(
        loader=FileSystemLoader(LAYOUTS),
        autoescape=escaping,  # noqa: S701 - the other medium is plain text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return _Medium(environment, layout, {language: translations.load(language, environment) for language in LANGUAGES})
