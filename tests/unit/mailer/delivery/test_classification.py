"""What a server's answer means for a mail: taken, later, never, or nobody there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.delivery.classification import NotReached, Refused, RefusedForNow, of_answer


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (421, NotReached),
        (450, RefusedForNow),
        (451, RefusedForNow),
        (452, RefusedForNow),
        (499, RefusedForNow),
        (500, Refused),
        (550, Refused),
        (554, Refused),
        (599, Refused),
    ],
)
def test_an_answer_is_understood_by_its_code(code: int, outcome: type) -> None:
    assert type(of_answer(code, "because")) is outcome


@given(st.integers(-1, 999).filter(lambda code: not 500 <= code <= 599))
def test_only_a_5xx_is_for_good(code: int) -> None:
    assert not isinstance(of_answer(code, "because"), Refused)


@given(st.integers(200, 599), st.text())
def test_the_reason_is_one_short_line_that_begins_with_the_code(code: int, text: str) -> None:
    reason = of_answer(code, text).reason  # type: ignore[union-attr]  # an answer with a code is never Accepted here
    assert reason.startswith(f"{code} ")
    assert len(reason) <= 500
    assert len(reason.splitlines()) == 1


def test_a_reason_over_several_lines_is_joined() -> None:
    outcome = of_answer(550, "5.1.1 No such\r\n  user\there")
    assert outcome == Refused("550 5.1.1 No such user here")
