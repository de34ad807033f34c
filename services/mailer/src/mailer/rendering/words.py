"""What mails say, in one file for each language, with every text compiled once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from jinja2 import Environment, Template

from common.events.auth import Locale
from common.events.notifications import Kind

DIRECTORY = Path(__file__).parent / "words"
LANGUAGES: tuple[Locale, ...] = get_args(Locale)

Texts = Mapping[str, Template]


@dataclass(frozen=True)
class Words:
    """One language. `kinds` gives the parts of each kind of mail: `says`, and where it has them `subject`, `action` and
    `note`; `common` gives those that many have."""

    language: Locale
    kinds: Mapping[Kind, Texts]
    common: Texts
    facts: Mapping[str, str]
    statuses: Mapping[str, str]
    time_format: str

    def time(self, written: str | datetime) -> str:
        """For a reader: in UTC, to the minute, and saying so."""
        at = datetime.fromisoformat(written) if isinstance(written, str) else written
        return at.astimezone(UTC).strftime(self.time_format)


def read(language: Locale, environment: Environment) -> Words:
    """Compiled for `environment`, which decides whether what is filled in is escaped."""
    written: dict[str, dict[str, str]] = tomllib.loads((DIRECTORY / f"{language}.toml").read_text())

    def compiled(part: str) -> Texts:
        return {name: environment.from_string(text) for name, text in written[part].items()}

    kinds: tuple[Kind, ...] = get_args(Kind)
    return Words(
        language,
        kinds={kind: compiled(kind) for kind in kinds},
        common=compiled("common"),
        facts=written["facts"],
        statuses=written["statuses"],
        time_format=written["common"]["time"],
    )


def filled(text: Template, context: Mapping[str, Any]) -> str:
    """Raises jinja2.UndefinedError when the context lacks something the text needs."""
    return text.render(context)
