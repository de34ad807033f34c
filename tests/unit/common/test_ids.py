"""Ids sort by time, and what follows from the same causes has the same id."""

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from common import clock
from common.ids import derived_id, lowest_id, new_id, scoped_id

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
times = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)).map(clock.truncated)  # noqa: DTZ001 - the zone is given beside it
causes = st.lists(st.text(st.characters(exclude_characters="\n", codec="utf-8")), min_size=1, max_size=4)


@given(times)
def test_an_id_is_a_uuid_of_version_7_and_begins_with_its_time(at: datetime) -> None:
    made = new_id(at)
    assert (made.version, made.variant) == (7, RFC_4122)
    assert made.int >> 80 == (at - EPOCH) // timedelta(milliseconds=1)


@given(times, times)
def test_ids_sort_like_the_times_they_were_made_at(one: datetime, other: datetime) -> None:
    if one != other:
        assert (new_id(one) < new_id(other)) == (one < other)


@given(times, st.datetimes(timezones=st.just(UTC)))
def test_the_lowest_id_of_a_time_parts_what_was_made_before_from_the_rest(made_at: datetime, edge: datetime) -> None:
    assert (new_id(made_at) >= lowest_id(edge)) == (made_at >= edge)


@given(times, st.sampled_from(["auth", "tickets"]))
def test_a_scoped_id_has_the_time_of_its_id_and_follows_from_both_of_its_causes(at: datetime, scope: str) -> None:
    made = new_id(at)
    scoped = scoped_id(made, scope)
    assert (scoped.version, scoped.variant, scoped.int >> 80) == (7, RFC_4122, made.int >> 80)
    assert scoped == scoped_id(made, scope)
    assert len({made, scoped, scoped_id(made, "mailer"), scoped_id(new_id(at), scope)}) == 4


def test_a_millisecond_is_enough_to_sort_by() -> None:
    at = datetime(2026, 5, 14, 9, 30, 0, 123_000, tzinfo=UTC)
    made = [new_id(at + n * clock.MILLISECOND) for n in range(2000)]
    assert made == sorted(made)


def test_ids_of_the_same_moment_differ_in_74_random_bits() -> None:
    at = clock.now()
    made = [new_id(at).int for _ in range(2000)]
    assert len(set(made)) == 2000
    ever_set, always_set = 0, (1 << 128) - 1
    for each in made:
        ever_set, always_set = ever_set | each, always_set & each
    assert (ever_set & ~always_set).bit_count() == 74


def test_an_id_made_without_a_time_is_of_now() -> None:
    before, made, after = clock.now(), new_id(), clock.now()
    assert before <= EPOCH + (made.int >> 80) * clock.MILLISECOND <= after


def test_a_derived_id_never_changes_because_it_is_the_key_of_what_is_stored() -> None:
    assert derived_id("mail", UUID(int=7)) == UUID("532f4ff0-972b-58e9-8022-08df3db49b0b")
    assert derived_id("mail", UUID(int=7)).version == 5


@given(causes, causes)
def test_other_causes_have_another_derived_id(one: list[str], other: list[str]) -> None:
    assert (derived_id(*one) == derived_id(*other)) == (one == other)
