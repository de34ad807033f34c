"""What a person sees who opened the link in a mail. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from common.events.auth import Locale


@dataclass(frozen=True)
class _Words:
    title: str
    question: str
    button: str
    done: str


_WORDS: Mapping[Locale, _Words] = {
    "en": _Words(
        "Emails from Helpdesk",
        "You'll no longer receive emails like this one. You can change this in your settings at any time.",
        "Unsubscribe",
        "You're unsubscribed from emails like this one.",
    ),
    "de": _Words(
        "E-Mails von Helpdesk",
        "Sie erhalten dann keine E-Mails dieser Art mehr. In Ihren Einstellungen können Sie das jederzeit ändern.",
        "Abbestellen",
        "Sie haben E-Mails dieser Art abbestellt.",
    ),
    "es": _Words(
        "Correos de Helpdesk",
        "Dejará de recibir correos de este tipo. Puede cambiarlo en su configuración en cualquier momento.",
        "Darse de baja",
        "Se ha dado de baja de los correos de este tipo.",
    ),
}


def question(locale: Locale) -> str:
    """A page with one button, which posts to the address it came from. Opening it changes nothing: programs that
    check mails for harmful links open them all."""
    words = _WORDS[locale]
    button = f'<form method="post"><button>{escape(words.button)}</button></form>'
    return _page(locale, words.title, f"<p>{escape(words.question)}</p>{button}")


def done(locale: Locale) -> str:
    """The page after it."""
    words = _WORDS[locale]
    return _page(locale, words.title, f"<p>{escape(words.done)}</p>")


def _page(locale: Locale, title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="{locale}"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width"><meta name="robots" content="noindex"><title>{escape(title)}</title></head>'
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>\n"
    )
