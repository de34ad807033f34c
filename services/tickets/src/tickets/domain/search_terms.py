"""The terms that a ticket is found by: the words of its own text and of its messages.

Each stored term begins with a mark of its source, which no query can contain: a customer's query never matches a term
of an internal note, and the terms of one source are replaced without reading the others. Terms are compared without
case and accents: `Drücker` is found by `drucker`.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

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

_WORD = re.compile(r"[^\W_]+")


def extract_terms(text: str) -> list[str]:
    """The distinct runs of letters and digits, in order."""
    # Folding and decomposition each enable more of the other (Unicode Standard, section 3.13, D146).
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text.casefold()).casefold())
    plain = "".join(each for each in folded if not unicodedata.combining(each))
    return list(dict.fromkeys(word[:MAX_TERM_LENGTH] for word in _WORD.findall(plain)))


def collect_terms(texts: Iterable[tuple[Source, str]], known: Iterable[str] = ()) -> list[str]:
    """The known terms and those of the texts."""
    terms = dict.fromkeys(known)
    for source, text in texts:
        terms |= dict.fromkeys(source + term for term in extract_terms(text))
    return list(terms)[:MAX_TERMS]


def replace_ticket_terms(known: Iterable[str], text: str) -> list[str]:
    """Replaces the terms of the ticket's own text and keeps those of its messages."""
    of_messages = [term for term in known if term.startswith((Source.PUBLIC, Source.INTERNAL))]
    return [*extract_terms(text), *of_messages][:MAX_TERMS]
