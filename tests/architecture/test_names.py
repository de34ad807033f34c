"""The linter of names refuses every banned name, and leaves words of a sentence alone."""

import tomllib

import pytest

from tests.architecture.names import TABLE, banned_in

ANYWHERE, DEFINED = (tomllib.loads(TABLE.read_text())[section] for section in ("anywhere", "defined"))


def problems(path: str, text: str) -> list[str]:
    return list(banned_in(path, text, ANYWHERE, DEFINED))


@pytest.mark.parametrize("name", [*ANYWHERE, *DEFINED])
def test_a_banned_name_is_refused_where_it_is_defined(name: str) -> None:
    assert problems("a.py", f"def {name}(): ...") == [
        f"a.py:1: {name} is banned, use {({**DEFINED, **ANYWHERE})[name]}"
    ]
    assert problems("a.ts", f"export function {name}() {{}}")


@pytest.mark.parametrize("name", ANYWHERE)
def test_a_private_word_is_refused_as_any_identifier_and_key(name: str) -> None:
    assert problems("a.py", f"print({name})")
    assert problems("web/src/i18n/locales/en/shell.json", f'{{"{name}": "text"}}')


def test_an_ordinary_word_is_refused_only_as_the_identifier_it_was() -> None:
    assert not problems("a.py", "def count(words):\n    parts = words")
    assert not problems("a.ts", "const words = 1; // the yardstick")
    assert not problems("a.py", '"""A yardstick for ever."""  # Gathering')


def test_a_file_name_is_refused() -> None:
    assert problems("tests/unit/test_makings.py", "")
