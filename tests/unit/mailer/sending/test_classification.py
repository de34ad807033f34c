"""What a server's answer means for a mail: taken, later, never, or nobody there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.sending.classification import PermanentFailure, TemporaryFailure, Unreachable, classify


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (421, Unreachable),
        (450, TemporaryFailure),
        (451, TemporaryFailure),
        (452, TemporaryFailure),
        (499, TemporaryFailure),
        (500, PermanentFailure),
        (550, PermanentFailure),
        (554, PermanentFailure),
        (599, PermanentFailure),
    ],
)
def test_an_answer_is_understood_by_its_code(code: int, outcome: type) -> None:
    assert type(classify(code, "because")) is outcome


@given(st.integers(-1, 999).filter(lambda code: not 500 <= code <= 599))
def test_only_a_5xx_is_for_good(code: int) -> None:
    assert not isinstance(classify(code, "because"), PermanentFailure)


@given(st.integers(200, 599), st.text())
def test_the_reason_is_one_short_line_that_begins_with_the_code(code: int, text: str) -> None:
    reason = classify(code, text).reason  # type: ignore[union-attr]  # an answer with a code is never Accepted here
    assert reason.startswith(f"{code} ")
    assert len(reason) <= 500
    assert len(reason.splitlines()) == 1


def test_a_reason_over_several_lines_is_joined() -> None:
    outcome = classify(550, "5.1.1 No such\r\n  user\there")
    assert outcome == PermanentFailure("550 5.1.1 No such user here")
