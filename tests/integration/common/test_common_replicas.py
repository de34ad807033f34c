"""Several replicas share one durable consumer: each event is handled once, each aggregate's in order."""

import asyncio
from collections import defaultdict
from uuid import UUID

from common.events import Envelope, Event
from common.ids import new_id
from common.messaging.broker import Broker
from common.messaging.publisher import JetStreamPublisher
from common.messaging.results import ACK, HandlerResult
from common.mongo import Database
from tests.integration.common.conftest import Brokers
from tests.integration.common.listening import consumer_of, letters_of, settled
from tests.support.eventually import eventually
from tests.support.messaging import RecordingHandler, a_session_ended, running


async def publish_sixty(brokers: Brokers) -> list[Envelope]:
    """Three events each of twenty aggregates."""
    events = [a_session_ended(id_, sequence) for id_ in [new_id() for _ in range(20)] for sequence in (1, 2, 3)]
    publisher = JetStreamPublisher(brokers.auth)
    for event in events:
        await publisher.publish(event)
    return events


async def test_two_replicas_share_the_work_and_each_event_is_handled_once(
    db: Database, brokers: Brokers, second: Broker
) -> None:
    heard: dict[str, list[Envelope]] = {"first": [], "second": []}
    both_busy = asyncio.Event()

    async def handle(replica: str, envelope: Envelope) -> HandlerResult:
        heard[replica].append(envelope)
        if all(heard.values()):
            both_busy.set()
        await both_busy.wait()
        return ACK

    async def first_handler(_event: Event, envelope: Envelope) -> HandlerResult:
        return await handle("first", envelope)

    async def second_handler(_event: Event, envelope: Envelope) -> HandlerResult:
        return await handle("second", envelope)

    events = await publish_sixty(brokers)
    async with running(
        consumer_of(db, brokers.tickets, first_handler, concurrency=2),
        consumer_of(db, second, second_handler, concurrency=2),
    ):
        await eventually(lambda: settled(brokers))
    assert both_busy.is_set()
    found = sorted(event.id for handled in heard.values() for event in handled)
    assert found == sorted(event.id for event in events)


async def test_one_that_stops_midway_finishes_what_it_has_and_leaves_the_rest_to_the_other(
    db: Database, brokers: Brokers, second: Broker, short_ack_wait: float
) -> None:
    first_notes, second_notes = RecordingHandler(), RecordingHandler()
    events = await publish_sixty(brokers)
    async with running(consumer_of(db, brokers.tickets, first_notes, concurrency=2)) as (task,):

        async def midway() -> None:
            assert len(first_notes.received) >= 5

        await eventually(midway, every=0)
        task.cancel()
    assert len(first_notes.received) < 60
    async with running(consumer_of(db, second, second_notes)):

        async def all_done() -> None:
            assert len(first_notes.deliveries() + second_notes.deliveries()) == 60
            await settled(brokers)

        await eventually(all_done)
    assert set((first_notes.deliveries() + second_notes.deliveries()).values()) == {1}
    assert {event.id for event in events} == set(first_notes.deliveries() + second_notes.deliveries())


async def test_what_a_killed_replica_had_in_hand_is_handled_by_the_other(
    db: Database, brokers: Brokers, second: Broker, short_ack_wait: float
) -> None:
    started, released = asyncio.Event(), asyncio.Event()

    async def never_done(_event: Event, _envelope: Envelope) -> HandlerResult:
        started.set()
        await released.wait()
        return ACK

    notes = RecordingHandler()
    event = a_session_ended()
    await JetStreamPublisher(brokers.auth).publish(event)
    async with running(consumer_of(db, brokers.tickets, never_done)):
        await asyncio.wait_for(started.wait(), 15)
        # From now on it can say nothing to anybody, as if its process were gone.
        await brokers.tickets.close()
        async with running(consumer_of(db, second, notes)):

            async def handled() -> None:
                assert [each.id for each in notes.received] == [event.id]
                await settled(brokers)

            await eventually(handled)
        released.set()


async def test_a_slow_handlers_message_is_not_given_to_another(
    db: Database, brokers: Brokers, second: Broker, short_ack_wait: float
) -> None:
    heard = []

    async def slow(_event: Event, envelope: Envelope) -> HandlerResult:
        heard.append(envelope.sequence)
        await asyncio.sleep(short_ack_wait * 2)
        return ACK

    id_ = new_id()
    for sequence in (1, 2):  # the second one waits for the first, and may not be lost meanwhile either
        await JetStreamPublisher(brokers.auth).publish(a_session_ended(id_, sequence))
    async with running(consumer_of(db, brokers.tickets, slow), consumer_of(db, second, slow, concurrency=1)):
        await eventually(lambda: settled(brokers))
    assert sorted(heard) == [1, 2]
    assert await letters_of(second) == []


async def test_events_of_one_aggregate_are_handled_in_order_one_at_a_time(db: Database, brokers: Brokers) -> None:
    busy: set[UUID] = set()
    order: dict[UUID, list[int]] = defaultdict(list)
    overlapped = []

    async def handler(_event: Event, envelope: Envelope) -> HandlerResult:
        if envelope.aggregate_id in busy:
            overlapped.append(envelope)
        busy.add(envelope.aggregate_id)
        # The earlier the event the longer it takes, so that without care the later ones would be first.
        for _ in range(20 - envelope.sequence):
            await asyncio.sleep(0.001)
        order[envelope.aggregate_id].append(envelope.sequence)
        busy.discard(envelope.aggregate_id)
        return ACK

    publisher = JetStreamPublisher(brokers.auth)
    ids = [new_id() for _ in range(3)]
    for sequence in range(1, 11):
        for id_ in ids:
            await publisher.publish(a_session_ended(id_, sequence))
    async with running(consumer_of(db, brokers.tickets, handler)):
        await eventually(lambda: settled(brokers))
    assert not overlapped
    assert dict(order) == {id_: list(range(1, 11)) for id_ in ids}
