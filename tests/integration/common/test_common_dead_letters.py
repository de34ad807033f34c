"""Dead letters can be listed, looked at, replayed and discarded, and nothing but that makes them go."""

from contextlib import suppress

import pytest

from common.errors import NotFound
from common.events import Envelope, Event
from common.messaging import wire
from common.messaging.broker import Broker
from common.messaging.dead_letter import DeadLetters
from common.messaging.publisher import JetStreamPublisher, PublishRefused
from common.messaging.results import ACK, HandlerResult, Reject
from common.messaging.topology import replays_of
from common.mongo import Database, insert_ignore_existing
from tests.integration.common.conftest import Brokers
from tests.integration.common.listening import consumers_with_replays, letters_of, settled, the_letter
from tests.support.eventually import eventually
from tests.support.messaging import a_session_ended, messages_in, running

REPLAYS = replays_of("tickets")


class Mendable:
    """A handler that rejects until its cause is gone; its effect is a count of each event."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.mended = False

    async def __call__(self, _event: Event, envelope: Envelope) -> HandlerResult:
        if not self.mended:
            return Reject(f"broken for {envelope.sequence}")
        await insert_ignore_existing(self._db["samples"], [{"_id": envelope.id, "count": 1}])
        return ACK


async def three_letters(brokers: Brokers) -> list[Envelope]:
    events = [a_session_ended(sequence=sequence) for sequence in (1, 2, 3)]
    for event in events:
        await JetStreamPublisher(brokers.auth).publish(event)

    async def all_dead() -> None:
        assert len(await letters_of(brokers.tickets)) == 3

    await eventually(all_dead)
    return events


async def test_they_are_listed_oldest_first_and_shown_with_all_that_came(db: Database, brokers: Brokers) -> None:
    async with running(*consumers_with_replays(db, brokers.tickets, Mendable(db))):
        events = await three_letters(brokers)
    letters = await letters_of(brokers.tickets)
    assert [letter.sequence for letter in letters] == sorted(letter.sequence for letter in letters)
    assert {letter.reason for letter in letters} == {f"broken for {number}" for number in (1, 2, 3)}
    dead = DeadLetters(brokers.tickets, "tickets")
    for letter in letters:
        assert await dead.show(letter.sequence) == letter
        assert wire.decode(letter.headers, letter.body.encode()).stamped(None) in events
    assert [letter async for letter in dead.list(after=letters[0].sequence)] == letters[1:]


async def test_a_discarded_one_is_gone_and_no_other(db: Database, brokers: Brokers) -> None:
    async with running(*consumers_with_replays(db, brokers.tickets, Mendable(db))):
        await three_letters(brokers)
    first, second, third = await letters_of(brokers.tickets)
    await DeadLetters(brokers.tickets, "tickets").discard(second.sequence)
    assert await letters_of(brokers.tickets) == [first, third]


async def test_replayed_when_the_cause_is_gone_it_has_its_effect_once_and_leaves(
    db: Database, brokers: Brokers
) -> None:
    handler = Mendable(db)
    event = a_session_ended()
    async with running(*consumers_with_replays(db, brokers.tickets, handler)):
        await JetStreamPublisher(brokers.auth).publish(event)
        letter = await eventually(lambda: the_letter(brokers.tickets))
        handler.mended = True
        await DeadLetters(brokers.tickets, "tickets").replay(letter.sequence)

        async def effect_made() -> None:
            assert await db["samples"].find_one({"_id": event.id}) == {"_id": event.id, "count": 1}
            await settled(brokers, stream=REPLAYS)

        await eventually(effect_made)
    assert await letters_of(brokers.tickets) == []
    assert await messages_in(brokers.provisioner, REPLAYS) == []


async def test_replayed_too_early_it_is_a_dead_letter_again_with_its_original_subject(
    db: Database, brokers: Brokers
) -> None:
    event = a_session_ended()
    async with running(*consumers_with_replays(db, brokers.tickets, Mendable(db))):
        await JetStreamPublisher(brokers.auth).publish(event)
        first = await eventually(lambda: the_letter(brokers.tickets))
        await DeadLetters(brokers.tickets, "tickets").replay(first.sequence)

        async def again() -> None:
            letter = await the_letter(brokers.tickets)
            assert letter.sequence > first.sequence
            assert (letter.subject, letter.attempts, letter.body) == (event.subject, 1, first.body)
            await settled(brokers, stream=REPLAYS)

        await eventually(again)
    assert await messages_in(brokers.provisioner, REPLAYS) == []


async def publish_largest(broker: Broker) -> Envelope:
    """The event with the most data that is published, to 500 bytes."""
    event = a_session_ended()
    for length in range(broker.client.max_payload, 0, -500):
        largest = event.model_copy(update={"data": {**event.data, "text": "x" * length}})
        with suppress(PublishRefused):
            await JetStreamPublisher(broker).publish(largest)
            return largest
    raise AssertionError("no event is published")


async def test_the_largest_event_becomes_a_dead_letter_whatever_the_reason_and_again_when_replayed(
    db: Database, brokers: Brokers
) -> None:
    async def reject(_event: Event, _envelope: Envelope) -> HandlerResult:
        return Reject("\N{GRINNING FACE}" * 2000)

    async with running(*consumers_with_replays(db, brokers.tickets, reject)):
        event = await publish_largest(brokers.auth)
        first = await eventually(lambda: the_letter(brokers.tickets), within=15)
        assert wire.decode(first.headers, first.body.encode()).data == event.data
        await DeadLetters(brokers.tickets, "tickets").replay(first.sequence)

        async def again() -> None:
            letter = await the_letter(brokers.tickets)
            assert letter.sequence > first.sequence
            assert letter.body == first.body

        await eventually(again, within=15)


@pytest.mark.parametrize("sequence", [0, 7])
async def test_one_that_is_not_there_is_not_found(brokers: Brokers, sequence: int) -> None:
    dead = DeadLetters(brokers.tickets, "tickets")
    for action in (dead.show, dead.replay, dead.discard):
        with pytest.raises(NotFound):
            await action(sequence)


async def test_each_service_sees_its_own(db: Database, brokers: Brokers) -> None:
    async with running(*consumers_with_replays(db, brokers.tickets, Mendable(db))):
        await three_letters(brokers)
    assert await letters_of(brokers.auth, "auth") == []
