"""The terms that a ticket is found by: the words of its own text and of its messages.

Each stored term begins with a mark of its source, which no query can contain: a customer's query never matches a term
of an internal note, and the terms of one source are replaced without reading the others. Terms are compared without
case and accents: `Drücker` is found by `drucker`.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from common.events.tickets import Visibility


class Source(StrEnum):
    """The mark of a term. None has a meaning in a regular expression, so a prefix stays a range of the index."""

    TICKET = ""
    PUBLIC = "~"
    INTERNAL = "!"


SOURCE_OF: dict[Visibility, Source] = {"public": Source.PUBLIC, "internal": Source.INTERNAL}

MAX_TERM_LENGTH = 40
"""Further characters of a word are ignored."""

MAX_TERMS = 5_000
"""Per ticket; further terms are not stored."""

MAX_TEXT_LENGTH = 21_000
"""The longest text with terms: a title and a description."""
MAX_FOLDED_LENGTH = 3 * MAX_TEXT_LENGTH
"""A Korean syllable decomposes into three letters. Longer compatibility decompositions are cut off."""
_PIECE_LENGTH = 256

_WORD = re.compile(r"[^\W_]+")


def extract_terms(text: str) -> list[str]:
    """The distinct runs of letters and digits, in order."""
    words = _WORD.finditer("".join(_fold(text[:MAX_TEXT_LENGTH]))[:MAX_FOLDED_LENGTH])
    distinct = dict.fromkeys(word.group()[:MAX_TERM_LENGTH] for word in words)
    return list(islice(distinct, MAX_TERMS))


@dataclass(frozen=True)
class SearchTerms:
    """The terms of one ticket. `repeats` counts the further messages that contain a term."""

    terms: list[str]
    repeats: Mapping[str, int] = field(default_factory=dict)

    def with_ticket_text(self, text: str) -> "SearchTerms":
        """Replaces the terms of the ticket's own text and keeps those of its messages."""
        of_messages = [term for term in self.terms if term.startswith((Source.PUBLIC, Source.INTERNAL))]
        terms = [*extract_terms(text), *of_messages][:MAX_TERMS]
        # Of a term that is not stored, no count is kept: it would keep the term when its last message is redacted.
        repeats = {term: self.repeats[term] for term in terms if term in self.repeats}
        return SearchTerms(terms, repeats)

    def with_message(self, visibility: Visibility, body: str) -> "SearchTerms":
        """Adds the terms of a message."""
        stored, repeats = dict.fromkeys(self.terms), dict(self.repeats)
        for term in _marked(visibility, body):
            if term in stored:
                repeats[term] = repeats.get(term, 0) + 1
            elif len(stored) < MAX_TERMS:
                stored[term] = None
        return SearchTerms(list(stored), repeats)

    def without_message(self, visibility: Visibility, body: str) -> "SearchTerms":
        """Removes the terms that no other message contains."""
        stored, repeats = dict.fromkeys(self.terms), dict(self.repeats)
        for term in _marked(visibility, body):
            if term not in repeats:
                stored.pop(term, None)
            elif repeats[term] == 1:
                del repeats[term]
            else:
                repeats[term] -= 1
        return SearchTerms(list(stored), repeats)


def _marked(visibility: Visibility, body: str) -> Iterable[str]:
    return (SOURCE_OF[visibility] + term for term in extract_terms(body))


def _fold(text: str) -> Iterator[str]:
    """Without case and accents, in pieces: normalisation sorts a run of accents, in time quadratic in its length."""
    length = 0
    for start in range(0, len(text), _PIECE_LENGTH):
        if length >= MAX_FOLDED_LENGTH:
            return
        # Folding and decomposition each enable more of the other (Unicode Standard, section 3.13, D146).
        piece = unicodedata.normalize("NFKD", text[start : start + _PIECE_LENGTH].casefold())
        folded = unicodedata.normalize("NFKD", piece.casefold())
        plain = folded if folded.isascii() else "".join(each for each in folded if not unicodedata.combining(each))
        length += len(plain)
        yield plain
