"""Every language has every text, with the same placeholders."""

from collections.abc import Iterable

import pytest
from jinja2 import Environment, StrictUndefined, meta

from common.events.auth import Locale
from mailer.rendering import translations
from mailer.rendering.translations import LANGUAGES, REQUIRED_TEXTS, read_tables


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_audience_of_every_kind_has_a_text_in_every_language(locale: Locale) -> None:
    missing = [key for key in sorted(REQUIRED_TEXTS) if "says" not in read_tables(locale).get(key, {})]
    assert not missing, f"{translations.DIRECTORY.name}/{locale}.toml lacks {missing}"


def test_a_service_does_not_start_with_a_missing_text_and_names_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translations, "REQUIRED_TEXTS", {"not_yet_known.assignee"})
    with pytest.raises(LookupError, match=r"translations/de\.toml lacks \[not_yet_known\.assignee\]"):
        translations.load("de", Environment(autoescape=True))


def placeholders(texts: Iterable[str]) -> set[str]:
    environment = Environment(undefined=StrictUndefined, autoescape=True)
    return set().union(*(meta.find_undeclared_variables(environment.parse(text)) for text in texts))


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_language_says_the_same_things_of_the_same_matters(locale: Locale) -> None:
    english, other = read_tables("en"), read_tables(locale)
    assert {part: set(texts) for part, texts in other.items()} == {part: set(texts) for part, texts in english.items()}
    for part, texts in english.items():
        for name, text in texts.items():
            assert placeholders([other[part][name]]) == placeholders([text]), f"{part}.{name}"
