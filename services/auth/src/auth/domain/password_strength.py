"""Judges how hard a password is to guess, by zxcvbn (Wheeler 2016). No composition rules (NIST SP 800-63B section
3.1.1.2)."""

import re
from collections.abc import Iterable

from zxcvbn_rs_py import zxcvbn

JUDGED_CHARACTERS = 64
_WINDOW, _STEP = 24, 20
_MIN_GUESSES_LOG10 = 8.0
"""As many guesses as zxcvbn assumes for eight random characters."""
_PRODUCT = "helpdesk"


def is_hard_to_guess(password: str, context: Iterable[str]) -> bool:
    """`context` are texts about the person and the organisation, whose words are guessed first.

    Whether some 24 consecutive characters of the first 64 are: zxcvbn needs 0.03 s for the worst 24 characters, but
    more than 0.2 s for 64, and holds the interpreter meanwhile."""
    words = _words(context)
    judged = password[:JUDGED_CHARACTERS]
    windows = [judged[start : start + _WINDOW] for start in range(0, max(len(judged) - _WINDOW, 0) + _STEP, _STEP)]
    return any(zxcvbn(window, words).guesses_log10 >= _MIN_GUESSES_LOG10 for window in windows)


def _words(context: Iterable[str]) -> list[str]:
    texts = [_PRODUCT, *(text.casefold() for text in context)]
    parts = (part for text in texts for part in re.split(r"[\W_]+", text))
    joined = (re.sub(r"[\W_]+", "", text) for text in texts)
    return [word for word in dict.fromkeys((*texts, *joined, *parts)) if len(word) > 2]
