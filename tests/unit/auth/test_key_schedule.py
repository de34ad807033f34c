"""Which key signs, which are trusted and which are retired, at every moment of any history of rotations."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from auth.domain import key_schedule

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
LIFETIME = timedelta(minutes=20)


@dataclass
class Key:
    number: int
    created_at: datetime
    signs_from: datetime | None
    not_after: datetime | None = None


def at(minutes: float) -> datetime:
    return BEGIN + timedelta(minutes=minutes)


def key(number: int, created: float, signs: float | None, retired: float | None = None) -> Key:
    """Times are in minutes since BEGIN."""
    return Key(number, at(created), None if signs is None else at(signs), None if retired is None else at(retired))


@st.composite
def histories(draw: st.DrawFn) -> list[Key]:
    """Keys created one after another, each scheduled some time later, the last one perhaps not yet."""
    keys = [key(1, 0, 0)]
    for number in range(2, draw(st.integers(2, 5))):
        created = (keys[-1].signs_from or BEGIN) + timedelta(minutes=draw(st.integers(1, 300)))
        keys.append(Key(number, created, created + timedelta(minutes=draw(st.integers(1, 30)))))
    if draw(st.booleans()):
        last = keys[-1].signs_from or BEGIN
        keys.append(Key(len(keys) + 1, last + timedelta(minutes=1), None))
    return keys


MOMENTS = st.integers(0, 2000).map(at)


@given(histories(), MOMENTS)
def test_one_key_always_signs_and_it_is_the_newest_whose_time_has_come(keys: list[Key], moment: datetime) -> None:
    signing = key_schedule.signing_key(keys, moment)
    assert signing is not None
    assert signing.signs_from is not None
    assert signing.signs_from <= moment
    assert all(other.signs_from is None or other.signs_from > moment for other in keys if other.number > signing.number)


@given(histories(), MOMENTS, st.integers(0, 19))
def test_a_retired_key_has_signed_no_token_that_is_still_valid(
    keys: list[Key], moment: datetime, minutes_ago: int
) -> None:
    issued_at = max(moment - timedelta(minutes=minutes_ago), BEGIN)
    assert key_schedule.signing_key(keys, issued_at) not in key_schedule.keys_to_retire(keys, moment, LIFETIME)


@given(histories(), MOMENTS)
def test_a_key_whose_successor_has_signed_long_enough_is_retired(keys: list[Key], moment: datetime) -> None:
    long_ago = key_schedule.signing_key(keys, moment - LIFETIME)
    retired = key_schedule.keys_to_retire(keys, moment, LIFETIME)
    assert retired == [each for each in keys if long_ago is not None and each.number < long_ago.number]


@given(histories(), MOMENTS)
def test_all_keys_that_are_not_retired_are_trusted_even_before_they_sign(keys: list[Key], moment: datetime) -> None:
    assert key_schedule.trusted_keys(keys, moment) == keys


def test_a_retired_key_is_trusted_until_its_time_and_never_signs() -> None:
    keys = [key(1, 0, 0, retired=100), key(2, 10, 20)]
    assert key_schedule.trusted_keys(keys, at(99)) == keys
    assert key_schedule.trusted_keys(keys, at(100)) == keys[1:]
    assert key_schedule.signing_key([keys[0]], at(50)) is None


def test_rotation_is_due_by_the_age_of_the_newest_key_and_never_before_it_signs() -> None:
    month = timedelta(days=30)
    assert not key_schedule.is_rotation_due([key(1, 0, 0)], BEGIN + month - timedelta(seconds=1), month)
    assert key_schedule.is_rotation_due([key(1, 0, 0)], BEGIN + month, month)
    assert not key_schedule.is_rotation_due([key(1, 0, 0), key(2, 10, None)], BEGIN + 2 * month, month)
