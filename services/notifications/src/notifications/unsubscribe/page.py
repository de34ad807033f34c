"""The HTML pages of the unsubscribe link. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from common.events.auth import Locale


@dataclass(frozen=True)
class _Texts:
    title: str
    question: str
    button: str
    done: str


_TEXTS: Mapping[Locale, _Texts] = {
    "en": _Texts(
        "Emails from Helpdesk",
        "You'll no longer receive emails like this one. You can change this in your settings at any time.",
        "Unsubscribe",
        "You're unsubscribed from emails like this one.",
    ),
    "de": _Texts(
        "E-Mails von Helpdesk",
        "Sie erhalten dann keine E-Mails dieser Art mehr. In Ihren Einstellungen können Sie das jederzeit ändern.",
        "Abbestellen",
        "Sie haben E-Mails dieser Art abbestellt.",
    ),
    "es": _Texts(
        "Correos de Helpdesk",
        "Dejará de recibir correos de este tipo. Puede cambiarlo en su configuración en cualquier momento.",
        "Darse de baja",
        "Se ha dado de baja de los correos de este tipo.",
    ),
}


def confirmation(locale: Locale) -> str:
    """A page whose only button posts to its own URL. Opening it changes nothing: mail scanners open every link."""
    texts = _TEXTS[locale]
    button = f'<form method="post"><button>{escape(texts.button)}</button></form>'
    return _page(locale, texts.title, f"<p>{escape(texts.question)}</p>{button}")


def done(locale: Locale) -> str:
    """The page after unsubscribing."""
    texts = _TEXTS[locale]
    return _page(locale, texts.title, f"<p>{escape(texts.done)}</p>")


def _page(locale: Locale, title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="{locale}"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width"><meta name="robots" content="noindex"><title>{escape(title)}</title></head>'
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>\n"
    )
