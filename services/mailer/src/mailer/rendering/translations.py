"""The texts of emails: one TOML file per language, each text compiled once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from jinja2 import Environment, Template

from common.events.auth import Locale
from common.notification_kinds import KINDS

DIRECTORY = Path(__file__).parent / "translations"
LANGUAGES: tuple[Locale, ...] = get_args(Locale)
REQUIRED_TEXTS = frozenset(kind.text_key(audience) for kind in KINDS.values() for audience in kind.channels)
"""A table `[<kind>]` or `[<kind>.<audience>]` for every audience of every kind."""

Texts = Mapping[str, Template]


@dataclass(frozen=True)
class Translations:
    """One language. `texts` has the parts of each text: `says`, and optionally `subject`, `action` and `note`."""

    language: Locale
    texts: Mapping[str, Texts]
    common: Texts
    facts: Mapping[str, str]
    statuses: Mapping[str, str]
    roles: Mapping[str, str]
    time_format: str
    decimal_separator: str

    def file_size(self, octets: int) -> str:
        """In the largest decimal unit of at least one, with one decimal place at most."""
        unit, value = "B", float(octets)
        for larger in ("kB", "MB", "GB"):
            if round(value, 1) >= 1000:
                unit, value = larger, value / 1000
        return f"{round(value, 1):g} {unit}".replace(".", self.decimal_separator)

    def time(self, at: datetime) -> str:
        """In UTC, to the minute, with the name of the timezone."""
        return at.astimezone(UTC).strftime(self.time_format)


def read_tables(language: Locale) -> dict[str, dict[str, str]]:
    """The tables of a language's file, nested ones by their dotted name."""
    tables = {}
    for name, table in tomllib.loads((DIRECTORY / f"{language}.toml").read_text()).items():
        tables[name] = {key: value for key, value in table.items() if isinstance(value, str)}
        tables |= {f"{name}.{key}": value for key, value in table.items() if isinstance(value, dict)}
    return {name: table for name, table in tables.items() if table}


def load(language: Locale, environment: Environment) -> Translations:
    """Compiled for `environment`, which decides whether values are escaped. Raises LookupError for a missing text."""
    tables = read_tables(language)
    if missing := REQUIRED_TEXTS - tables.keys():
        raise LookupError(f"{DIRECTORY.name}/{language}.toml lacks [{'], ['.join(sorted(missing))}]")

    def compiled(table: str) -> Texts:
        return {name: environment.from_string(text) for name, text in tables[table].items()}

    return Translations(
        language,
        texts={key: compiled(key) for key in REQUIRED_TEXTS},
        common=compiled("common"),
        facts=tables["facts"],
        statuses=tables["statuses"],
        roles=tables["roles"],
        time_format=tables["common"]["time"],
        decimal_separator=tables["common"]["decimal_separator"],
    )
