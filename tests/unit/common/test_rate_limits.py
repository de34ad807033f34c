"""A limit is told in words that people use."""

from datetime import timedelta

import pytest

from common.rate_limits import _format


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (timedelta(seconds=1), "1 s"),
        (timedelta(minutes=1), "60 s"),
        (timedelta(minutes=10), "10 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(minutes=90), "1.5 h"),
        (timedelta(days=1), "24 h"),
    ],
)
def test_a_window_is_told_in_the_unit_that_suits_it(window: timedelta, words: str) -> None:
    assert _format(window) == words
