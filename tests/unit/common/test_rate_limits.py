"""A limit is told in words that people use."""

import pytest

from common.rate_limits import format_seconds


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "1 s"), (60, "60 s"), (600, "10 min"), (3600, "1 h"), (5400, "1.5 h"), (86400, "24 h")]
)
def test_a_window_is_told_in_the_unit_that_suits_it(seconds: int, words: str) -> None:
    assert format_seconds(seconds) == words
