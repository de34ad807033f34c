"""An event is believed only where its subject, its stream and its headers agree on who published it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.events import EVENTS, Envelope
from common.messaging.delivery import RawMessage
from common.messaging.origin import original_subject, require_origin
from common.messaging.topology import STREAMS, replay_subject, replays_of, stream_of
from common.services import SERVICES
from tests.support.messaging import a_session_ended

services = st.sampled_from(list(SERVICES))
types = st.sampled_from([event.versioned_type().rpartition(".v") for event in EVENTS.values()])
ids = st.uuids()


@st.composite
def envelopes(draw: st.DrawFn) -> Envelope:
    type_, _, version = draw(types)
    fields = {"type": type_, "version": int(version), "organisation_id": draw(ids), "aggregate_id": draw(ids)}
    return a_session_ended().model_copy(update=fields)


def message(stream: str, subject: str) -> RawMessage:
    return RawMessage("1", stream, subject, {}, b"")


def honest_messages(envelope: Envelope, receiver: str) -> list[RawMessage]:
    """By which ways an event may arrive."""
    own, publisher = envelope.subject, envelope.service
    return [
        message(stream_of(publisher), own),
        message(replays_of(publisher), replay_subject(publisher, receiver, own)),
        message(replays_of(receiver), replay_subject(receiver, receiver, own)),
    ]


@given(envelopes(), services)
def test_an_event_is_taken_from_its_publisher_and_from_the_receivers_own_replays(
    envelope: Envelope, receiver: str
) -> None:
    for each in honest_messages(envelope, receiver):
        require_origin(each, envelope, receiver)
        assert original_subject(each.subject, receiver) == envelope.subject


@given(
    claimed=envelopes(),
    carried=envelopes(),
    receiver=services,
    sender=services,
    target=services,
    stream=st.sampled_from([spec.name for spec in STREAMS]),
    same=st.sets(st.sampled_from(["type", "version", "organisation_id", "aggregate_id"])),
)
def test_any_other_message_is_no_event(
    claimed: Envelope, carried: Envelope, receiver: str, sender: str, target: str, stream: str, same: set[str]
) -> None:
    carried = carried.model_copy(update={name: getattr(claimed, name) for name in same})
    honest = honest_messages(claimed, receiver)
    for subject in (
        carried.subject,
        replay_subject(sender, target, carried.subject),
        replay_subject(sender, receiver, replay_subject(sender, target, carried.subject)),
        f"dead_letters.{sender}.{carried.subject}",
        f"replay.{sender}.{carried.subject}",
    ):
        sent = message(stream, subject)
        if sent in honest:
            require_origin(sent, claimed, receiver)
        else:
            with pytest.raises(ValueError, match="not an event"):
                require_origin(sent, claimed, receiver)


@given(envelopes(), services, services, services)
def test_nobody_replays_events_of_a_third_service(envelope: Envelope, sender: str, target: str, receiver: str) -> None:
    subject = replay_subject(sender, target, envelope.subject)
    if target != receiver or sender not in (envelope.service, receiver):
        assert original_subject(subject, receiver) == subject


def test_another_spelling_of_the_same_ids_is_no_event() -> None:
    envelope = a_session_ended()
    (first, *_) = honest_messages(envelope, "tickets")
    with pytest.raises(ValueError, match="not an event"):
        require_origin(replace(first, subject=envelope.subject.upper()), envelope, "tickets")
