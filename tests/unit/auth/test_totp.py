"""One-time codes: those of RFC 6238, early or late by one step at the most, and good once."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlparse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.mfa.totp import STEP_SECONDS, address, code_of, matching_step, new_key, step_of

KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""`12345678901234567890` in base32: the key of the test vectors."""

TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants them naive


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238, appendix B: the last six of its eight digits."""
    assert code_of(KEY, step_of(datetime.fromtimestamp(seconds, UTC))) == code


@given(TIMES, st.integers(-1, 1))
def test_a_code_one_step_early_or_late_is_accepted(at: datetime, off: int) -> None:
    step = step_of(at) + off
    assert matching_step(KEY, code_of(KEY, step), at, after=0) is not None


@given(TIMES, st.integers(2, 20) | st.integers(-20, -2))
def test_a_code_further_off_is_refused(at: datetime, off: int) -> None:
    code = code_of(KEY, step_of(at) + off)
    near = {code_of(KEY, step_of(at) + each) for each in (-1, 0, 1)}
    assert (matching_step(KEY, code, at, after=0) is None) == (code not in near)


@given(TIMES, st.integers(-1, 1), st.integers(0, 3 * STEP_SECONDS))
def test_a_code_that_was_used_is_refused_from_then_on(at: datetime, off: int, seconds: int) -> None:
    code = code_of(KEY, step_of(at) + off)
    used = matching_step(KEY, code, at, after=0)
    assert used is not None
    later = at + timedelta(seconds=seconds)
    # Once in a great while a later step has the same digits.
    twins: set[int | None] = {step for step in range(used + 1, step_of(later) + 2) if code_of(KEY, step) == code}
    assert matching_step(KEY, code, later, after=used) in (twins or {None})


@given(TIMES)
def test_after_a_code_older_ones_are_refused_and_the_next_one_is_accepted(at: datetime) -> None:
    step = step_of(at)
    older, this, following = (code_of(KEY, step + off) for off in (-1, 0, 1))
    if len({older, this, following}) == 3:
        assert matching_step(KEY, older, at, after=step) is None
        assert matching_step(KEY, this, at, after=step) is None
        assert matching_step(KEY, following, at, after=step) == step + 1


@given(TIMES, st.text(max_size=12))
def test_nothing_but_the_codes_themselves_is_accepted(at: datetime, typed: str) -> None:
    near = {code_of(KEY, step_of(at) + off) for off in (-1, 0, 1)}
    assert (matching_step(KEY, typed, at, after=0) is None) == (typed not in near)


def test_keys_have_160_bits_and_differ() -> None:
    assert len({new_key() for _ in range(50)}) == 50
    assert len(new_key()) * 5 == 160


def test_the_address_tells_an_app_all_it_needs() -> None:
    parsed = urlparse(address(KEY, account="casey@example.org", issuer="Copper & Sons"))
    assert (parsed.scheme, parsed.netloc) == ("otpauth", "totp")
    assert parse_qs(parsed.query) == {"secret": [KEY], "issuer": ["Copper & Sons"]}
    assert parsed.path.endswith("casey%40example.org") or parsed.path.endswith("casey@example.org")
