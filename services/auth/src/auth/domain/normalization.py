"""How email addresses and names are compared and found."""

import re


def email_key(email: str) -> str:
    """Equal for two spellings of the same address."""
    return email.strip().casefold()


def search_terms(*texts: str) -> list[str]:
    """The case-folded strings whose prefixes find a user: each text from the start of each of its words."""
    return sorted({text[word.start() :].casefold() for text in texts for word in re.finditer(r"[^\s@.]+", text)})
