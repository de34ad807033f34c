"""Logged events said again: to one service alone, or to everybody; no effect is made twice."""

from datetime import timedelta

import pytest

from common.events import Envelope, Event
from common.events.mailer import EmailSent
from common.ids import new_id
from common.messaging.publisher import JetStreamPublisher
from common.messaging.results import ACK, HandlerResult
from common.messaging.topology import replays_of
from common.mongo import Database, insert_ignore_existing
from common.outbox import EventLog, EventSelection
from common.outbox.replay import replay
from tests.integration.common.conftest import Brokers
from tests.integration.common.listening import consumers_with_replays, settled
from tests.support.eventually import eventually
from tests.support.messaging import RecordingHandler, a_session_ended, envelope_of, messages_in, running
from tests.support.services import Installation

REPLAYS = replays_of("auth")


async def logged(db: Database) -> list[Envelope]:
    """Three events that services hear, a minute apart, of different organisations; and one that nobody hears."""
    first = a_session_ended()
    events = [
        a_session_ended().model_copy(update={"time": first.time + timedelta(minutes=minute)}) for minute in range(3)
    ]
    await EventLog(db).append(
        [*events, envelope_of(EmailSent(recipient_id=new_id(), message_id="<1@example>", attempts=1))]
    )
    return events


async def test_to_one_service_it_is_heard_by_that_service_alone(
    db: Database, brokers: Brokers, installation: Installation
) -> None:
    events = await logged(db)
    by_tickets, by_mailer = RecordingHandler(), RecordingHandler()
    async with (
        installation.connected("mailer") as mailer,
        running(
            *consumers_with_replays(db, brokers.tickets, by_tickets),
            *consumers_with_replays(db, mailer, by_mailer, "mailer"),
        ),
    ):
        assert await replay(EventLog(db), JetStreamPublisher(brokers.auth), EventSelection(), to="tickets") == 3

        async def received() -> None:
            assert {event.id for event in by_tickets.received} == {event.id for event in events}
            await settled(brokers, stream=REPLAYS)

        await eventually(received)
    assert by_mailer.received == []
    assert await messages_in(brokers.provisioner, "AUTH") == []


async def test_a_slice_is_all_that_is_said_again(db: Database, brokers: Brokers) -> None:
    first, second, third = await logged(db)
    slices = {
        EventSelection(type="auth.session.ended", until=second.time): [first],
        EventSelection(organisation_id=second.organisation_id): [second],
        EventSelection(aggregate_id=third.aggregate_id): [third],
        EventSelection(since=second.time): [second, third],
        EventSelection(type=EmailSent.type): [],
    }
    notes = RecordingHandler()
    async with running(*consumers_with_replays(db, brokers.tickets, notes)):
        for wanted, expected in slices.items():
            notes.received.clear()
            count = await replay(EventLog(db), JetStreamPublisher(brokers.auth), wanted, to="tickets")
            assert count == len(expected)

            async def received(expected: list[Envelope] = expected) -> None:
                assert {event.id for event in notes.received} == {event.id for event in expected}
                await settled(brokers, stream=REPLAYS)

            await eventually(received)


async def test_to_the_stream_it_is_heard_by_all_again_and_has_no_second_effect(
    db: Database, brokers: Brokers, installation: Installation
) -> None:
    effects = db["samples"]
    received: list[tuple[str, Envelope]] = []

    async def handle(service: str, envelope: Envelope) -> HandlerResult:
        received.append((service, envelope))
        await insert_ignore_existing(effects, [{"_id": envelope.id, "count": 1}])
        return ACK

    async def by_tickets(_event: Event, envelope: Envelope) -> HandlerResult:
        return await handle("tickets", envelope)

    async def by_mailer(_event: Event, envelope: Envelope) -> HandlerResult:
        return await handle("mailer", envelope)

    events = await logged(db)
    publisher = JetStreamPublisher(brokers.auth)
    async with (
        installation.connected("mailer") as mailer,
        running(
            *consumers_with_replays(db, brokers.tickets, by_tickets),
            *consumers_with_replays(db, mailer, by_mailer, "mailer"),
        ),
    ):
        # The first time as the relay says them, moments ago; then again on purpose.
        for event in events:
            await publisher.publish(event)
        assert await replay(EventLog(db), publisher, EventSelection(type="auth.session.ended"), to="stream") == 3

        async def all_heard_twice() -> None:
            assert sorted(service for service, _ in received) == ["mailer"] * 6 + ["tickets"] * 6
            for service in ("mailer", "tickets"):
                await settled(brokers, service)

        await eventually(all_heard_twice)
    assert {effect["_id"]: effect["count"] async for effect in effects.find()} == {event.id: 1 for event in events}


async def test_replaying_twice_is_heard_twice(db: Database, brokers: Brokers) -> None:
    await logged(db)
    notes = RecordingHandler()
    async with running(*consumers_with_replays(db, brokers.tickets, notes)):
        for _ in range(2):
            await replay(EventLog(db), JetStreamPublisher(brokers.auth), EventSelection(), to="tickets")

        async def received() -> None:
            assert list(notes.deliveries().values()) == [2, 2, 2]

        await eventually(received)


async def test_an_unknown_target_is_refused_before_anything_is_said(db: Database, brokers: Brokers) -> None:
    await logged(db)
    with pytest.raises(ValueError, match="not to 'ticket'"):
        await replay(EventLog(db), JetStreamPublisher(brokers.auth), EventSelection(), to="ticket")
    assert await messages_in(brokers.provisioner, REPLAYS) == []
