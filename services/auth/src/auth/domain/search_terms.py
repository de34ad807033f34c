"""The terms by which admins find users."""

import re


def search_terms(*texts: str) -> list[str]:
    """The case-folded strings whose prefixes find a user: each text from the start of each of its words."""
    return sorted({text[word.start() :].casefold() for text in texts for word in re.finditer(r"[^\s@.]+", text)})
