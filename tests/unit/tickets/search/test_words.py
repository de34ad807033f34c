"""A ticket's words: what finds it, and what never does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.search.words import INTERNAL, LONGEST, MOST, with_words, words_in


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The printer burns, the PRINTER!", ["the", "printer", "burns"]),
        ("Drücker für Größe", ["drucker", "fur", "grosse"]),
        ("¿Dónde está el baño?", ["donde", "esta", "el", "bano"]),
        ("error E-1234 at admin@example.org", ["error", "e", "1234", "at", "admin", "example", "org"]),
        ("snake_case #12", ["snake", "case", "12"]),
        ("…!?", []),
        ("", []),
    ],
)
def test_words_are_runs_of_letters_and_digits_without_case_and_accents(text: str, words: list[str]) -> None:
    assert words_in(text) == words


@given(st.text())
def test_a_text_is_found_by_each_of_its_words(text: str) -> None:
    for word in words_in(text):
        assert words_in(word) == [word]


@given(st.text())
def test_no_word_that_is_asked_for_begins_like_one_of_a_note(text: str) -> None:
    assert not any(word.startswith(INTERNAL) for word in words_in(text))
    assert all(word.startswith(INTERNAL) for word in with_words((), text, internal=True))


def test_what_only_notes_say_is_kept_apart_from_what_all_may_read() -> None:
    words = with_words(with_words((), "burns"), "never burns", internal=True)
    assert words == ["burns", "!never", "!burns"]


def test_words_are_cut_and_counted_so_that_a_ticket_stays_small() -> None:
    assert words_in("x" * 1000) == ["x" * LONGEST]
    assert len(with_words((), " ".join(map(str, range(2 * MOST))))) == MOST
