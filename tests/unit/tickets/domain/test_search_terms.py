"""The search terms of a ticket: which queries find it, and which never do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.domain.search_terms import (
    MAX_TERM_LENGTH,
    MAX_TERMS,
    Source,
    collect_terms,
    extract_terms,
    replace_ticket_terms,
)


@pytest.mark.parametrize(
    ("text", "terms"),
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
def test_terms_are_runs_of_letters_and_digits_without_case_and_accents(text: str, terms: list[str]) -> None:
    assert extract_terms(text) == terms


@given(st.text())
def test_a_text_is_found_by_each_of_its_terms(text: str) -> None:
    for term in extract_terms(text):
        assert extract_terms(term) == [term]


@given(st.text())
def test_no_term_of_a_query_begins_with_the_mark_of_a_message(text: str) -> None:
    assert not any(term.startswith((Source.PUBLIC, Source.INTERNAL)) for term in extract_terms(text))
    assert all(term.startswith(Source.INTERNAL) for term in collect_terms([(Source.INTERNAL, text)]))


def test_the_terms_of_notes_and_public_messages_are_stored_apart() -> None:
    terms = collect_terms([(Source.TICKET, "burns"), (Source.PUBLIC, "it burns"), (Source.INTERNAL, "never burns")])
    assert terms == ["burns", "~it", "~burns", "!never", "!burns"]


def test_a_new_text_of_the_ticket_replaces_its_own_terms_alone() -> None:
    terms = collect_terms([(Source.TICKET, "old printer"), (Source.PUBLIC, "old"), (Source.INTERNAL, "printer")])
    assert replace_ticket_terms(terms, "new printer") == ["new", "printer", "~old", "!printer"]


def test_terms_are_limited_in_length_and_number() -> None:
    many = " ".join(map(str, range(2 * MAX_TERMS)))
    assert extract_terms("x" * 1000) == ["x" * MAX_TERM_LENGTH]
    assert len(collect_terms([(Source.TICKET, many)])) == MAX_TERMS
    assert len(replace_ticket_terms(collect_terms([(Source.PUBLIC, many)]), "new")) == MAX_TERMS
