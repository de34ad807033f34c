"""Fills the templates: a subject, a text and an HTML body, in the recipient's language."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound, select_autoescape
from markdown_it import MarkdownIt
from markupsafe import Markup

from common.events.notifications import Kind

TEMPLATES = Path(__file__).parent / "templates"
FALLBACK = "en"


@dataclass(frozen=True)
class Rendered:
    """What is said. `subject` is one line."""

    subject: str
    text: str
    html: str


class Renderer:
    """Each kind of mail is three files in its language's folder: `<kind>.subject.txt`, `<kind>.txt`, `<kind>.html`."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        # "js-default" lets no HTML through, so what a customer typed is shown and never run.
        self._markdown = MarkdownIt("js-default")
        self._environment.filters["markdown"] = lambda text: Markup(self._markdown.render(text))  # noqa: S704 - see above

    def render(self, kind: Kind, locale: str, context: dict[str, Any]) -> Rendered:
        """Raises jinja2.UndefinedError when the context lacks something the template needs."""
        subject, text, html = (
            self._filled(locale, f"{kind}.{part}", context) for part in ("subject.txt", "txt", "html")
        )
        return Rendered(subject=" ".join(subject.split()), text=text, html=html)

    def _filled(self, locale: str, name: str, context: dict[str, Any]) -> str:
        try:
            template = self._environment.get_template(f"{locale}/{name}")
        except TemplateNotFound:
            template = self._environment.get_template(f"{FALLBACK}/{name}")
        return template.render(context)
