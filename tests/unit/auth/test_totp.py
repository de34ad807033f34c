"""One-time codes: those of RFC 6238, at most one step early or late, each valid once."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlparse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.domain.totp import (
    STEP_SECONDS,
    find_matching_step,
    generate_code,
    generate_key,
    provisioning_uri,
    time_step,
)

KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""`12345678901234567890` in base32: the key of the test vectors."""

TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants them naive


@pytest.mark.parametrize(("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238, appendix B: the last six of its eight digits."""
    assert generate_code(KEY, time_step(datetime.fromtimestamp(seconds, UTC))) == code


@given(TIMES, st.integers(-1, 1))
def test_a_code_one_step_early_or_late_is_accepted(at: datetime, offset: int) -> None:
    code = generate_code(KEY, time_step(at) + offset)
    assert find_matching_step(KEY, code, at, after=0) is not None
    assert find_matching_step(KEY, f" {code[:3]} {code[3:]}\n", at, after=0) is not None


@given(TIMES, st.integers(2, 20) | st.integers(-20, -2))
def test_a_code_further_off_is_refused(at: datetime, offset: int) -> None:
    code = generate_code(KEY, time_step(at) + offset)
    near = {generate_code(KEY, time_step(at) + each) for each in (-1, 0, 1)}
    assert (find_matching_step(KEY, code, at, after=0) is None) == (code not in near)


@given(TIMES, st.integers(-1, 1), st.integers(0, 3 * STEP_SECONDS))
def test_a_used_code_is_refused_from_then_on(at: datetime, offset: int, seconds: int) -> None:
    code = generate_code(KEY, time_step(at) + offset)
    used = find_matching_step(KEY, code, at, after=0)
    assert used is not None
    later = at + timedelta(seconds=seconds)
    # Very rarely a later step has the same digits.
    twins: set[int | None] = {s for s in range(used + 1, time_step(later) + 2) if generate_code(KEY, s) == code}
    assert find_matching_step(KEY, code, later, after=used) in (twins or {None})


@given(TIMES)
def test_after_a_code_older_ones_are_refused_and_the_next_one_is_accepted(at: datetime) -> None:
    step = time_step(at)
    older, current, following = (generate_code(KEY, step + offset) for offset in (-1, 0, 1))
    if len({older, current, following}) == 3:
        assert find_matching_step(KEY, older, at, after=step) is None
        assert find_matching_step(KEY, current, at, after=step) is None
        assert find_matching_step(KEY, following, at, after=step) == step + 1


@given(TIMES, st.text(max_size=12))
def test_any_other_text_is_refused(at: datetime, typed: str) -> None:
    near = {generate_code(KEY, time_step(at) + offset) for offset in (-1, 0, 1)}
    assert (find_matching_step(KEY, typed, at, after=0) is None) == ("".join(typed.split()) not in near)


def test_keys_have_160_bits() -> None:
    assert len(generate_key()) * 5 == 160


def test_the_uri_contains_what_an_app_needs() -> None:
    parsed = urlparse(provisioning_uri(KEY, account="casey@example.org", issuer="Copper & Sons"))
    assert (parsed.scheme, parsed.netloc) == ("otpauth", "totp")
    assert parse_qs(parsed.query) == {"secret": [KEY], "issuer": ["Copper & Sons"]}
    assert parsed.path.endswith("casey%40example.org") or parsed.path.endswith("casey@example.org")
