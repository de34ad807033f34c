"""What an aggregate notes down: in order, in time, with its cause. Made without a database, which `commit` needs."""

from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import clock
from common.causation import Causation, causation_scope
from common.errors import PreconditionFailed
from common.events import Actor, parse
from common.events.auth import OrganisationCreated
from common.outbox import Aggregate

START = datetime.fromisoformat("2026-05-14T09:30:00.125Z")
EVENT = OrganisationCreated(slug="acme", name="Acme")
ADA = Actor(id=UUID(int=4), name="Ada", role="admin")


def aggregate(version: int = 1) -> Aggregate:
    made: Aggregate = Aggregate.model_construct(id=UUID(int=1), organisation_id=UUID(int=2), version=version)
    return made


@given(st.lists(st.integers(-5000, 5000), min_size=1, max_size=20))
def test_time_and_ids_grow_with_the_sequence_whatever_the_clocks_say(drifts: list[int]) -> None:
    """`drifts`: what the clock of the replica at hand shows, in milliseconds from a moment."""
    thing = aggregate()
    with pytest.MonkeyPatch.context() as patch:
        for drift in drifts:
            patch.setattr(clock, "now", lambda at=START + timedelta(milliseconds=drift): at)
            thing.record(EVENT, None)
    recorded = thing._recorded
    assert [each.sequence for each in recorded] == list(range(1, len(drifts) + 1))
    assert all(one.time < other.time for one, other in pairwise(recorded))
    assert [each.id for each in recorded] == sorted(each.id for each in recorded)
    assert recorded[0].time == START + timedelta(milliseconds=drifts[0])


def test_a_clock_that_goes_on_is_believed() -> None:
    thing = aggregate()
    with pytest.MonkeyPatch.context() as patch:
        for milliseconds in (0, 1, 500):
            patch.setattr(clock, "now", lambda at=START + timedelta(milliseconds=milliseconds): at)
            thing.record(EVENT, None)
            assert thing._recorded[-1].time == START + timedelta(milliseconds=milliseconds)


def test_what_is_noted_says_what_whose_who_and_why() -> None:
    thing = aggregate()
    with causation_scope(Causation(id="request-1", ip="203.0.113.7", user_agent="curl")):
        envelope = thing.record(EVENT, ADA)
    assert envelope.versioned_type == "auth.organisation.created.v1"
    assert (envelope.organisation_id, envelope.aggregate_id) == (UUID(int=2), UUID(int=1))
    assert (envelope.actor, envelope.causation_id, envelope.ip, envelope.user_agent) == (
        ADA,
        "request-1",
        "203.0.113.7",
        "curl",
    )
    assert parse(envelope) == EVENT


def test_without_a_cause_none_is_named() -> None:
    envelope = aggregate().record(EVENT, None)
    assert (envelope.actor, envelope.causation_id, envelope.ip, envelope.user_agent) == (None, None, None, None)


def test_a_change_meant_for_another_version_is_refused_with_the_present_one() -> None:
    aggregate(version=3).require_version(3)
    aggregate(version=3).require_version(None)
    with pytest.raises(PreconditionFailed) as caught:
        aggregate(version=3).require_version(2)
    assert caught.value.extra == {"version": 3}
