"""The search terms of a ticket: which queries find it, and which never do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.events.tickets import Visibility
from tickets.domain.search_terms import (
    MAX_FOLDED_LENGTH,
    MAX_TERM_LENGTH,
    MAX_TERMS,
    MAX_TEXT_LENGTH,
    SearchTerms,
    Source,
    extract_terms,
)

NOTHING = SearchTerms([])
MANY = " ".join(f"{number:x}" for number in range(MAX_TERMS + 1_000))[:MAX_TEXT_LENGTH]


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
    assert all(term.startswith(Source.INTERNAL) for term in NOTHING.with_message("internal", text).terms)


def test_the_terms_of_notes_and_public_messages_are_stored_apart() -> None:
    found = NOTHING.with_ticket_text("burns").with_message("public", "it burns").with_message("internal", "never burns")
    assert found.terms == ["burns", "~it", "~burns", "!never", "!burns"]


def test_a_new_text_of_the_ticket_replaces_its_own_terms_alone() -> None:
    found = NOTHING.with_ticket_text("old printer").with_message("public", "old").with_message("internal", "printer")
    assert found.with_ticket_text("new printer").terms == ["new", "printer", "~old", "!printer"]


@given(st.lists(st.tuples(st.sampled_from(["public", "internal"]), st.text("ab -", max_size=20)), max_size=6))
def test_removing_a_message_leaves_exactly_the_terms_of_the_others(messages: list[tuple[Visibility, str]]) -> None:
    def terms_of(those: list[tuple[Visibility, str]]) -> SearchTerms:
        found = NOTHING.with_ticket_text("a b")
        for visibility, body in those:
            found = found.with_message(visibility, body)
        return found

    for removed in range(len(messages)):
        others = messages[:removed] + messages[removed + 1 :]
        left = terms_of(messages).without_message(*messages[removed])
        assert (sorted(left.terms), left.repeats) == (sorted(terms_of(others).terms), terms_of(others).repeats)


def test_a_term_that_no_longer_fits_is_gone_once_its_message_is_redacted() -> None:
    twice = NOTHING.with_message("public", "secret").with_message("public", "secret")
    full = twice.with_ticket_text(MANY)
    assert "~secret" not in full.terms
    again = full.with_ticket_text("short").with_message("public", "secret")
    assert again.without_message("public", "secret").terms == ["short"]


def test_terms_are_limited_in_length_and_number() -> None:
    assert extract_terms("x" * 1000) == ["x" * MAX_TERM_LENGTH]
    assert len(extract_terms(MANY)) == MAX_TERMS
    assert len(NOTHING.with_ticket_text(MANY).terms) == MAX_TERMS
    assert len(NOTHING.with_message("public", MANY).with_ticket_text("new").terms) == MAX_TERMS


def test_accents_are_removed_wherever_a_text_is_divided() -> None:
    assert extract_terms("e\u0301\u0323" * 500) == ["e" * MAX_TERM_LENGTH]


@pytest.mark.parametrize("text", ["\ufdfa" * 20_000, ("\u0301\u0323\u0327" * 7_000)[:20_000]])
def test_the_work_for_the_worst_text_is_limited(text: str) -> None:
    assert sum(map(len, extract_terms(text))) <= MAX_FOLDED_LENGTH
