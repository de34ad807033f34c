"""What a ticket is found by: the words of what was written in it. Pure.

A word of an internal note is kept with a mark that nobody can type as part of a word, so what a customer asks for never
meets it. Words are compared without case and accents: `Drücker` is found by `drucker`.
"""

import re
import unicodedata
from collections.abc import Iterable

INTERNAL = "!"
"""The mark before a word that only notes hold."""

LONGEST = 40
"""Characters of a word that count."""

MOST = 5_000
"""Different words that are kept of one ticket; what is written after that does not add to them."""

_WORD = re.compile(r"[^\W_]+")


def words_in(text: str) -> list[str]:
    """Its words in the order they come, each once: runs of letters and digits."""
    # Twice, since each of the two may give the other more to do (Unicode Standard, section 3.13, D146).
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text.casefold()).casefold())
    plain = "".join(each for each in folded if not unicodedata.combining(each))
    return list(dict.fromkeys(word[:LONGEST] for word in _WORD.findall(plain)))


def with_words(known: Iterable[str], text: str, *, internal: bool = False) -> list[str]:
    """`known` and the words of `text`, those of an internal note marked."""
    mark = INTERNAL if internal else ""
    return list(dict.fromkeys([*known, *(mark + word for word in words_in(text))]))[:MOST]
