"""What becomes of a message: done, retried, dead letter; and what does not count as a failure."""

import time
from itertools import pairwise

import pytest
from pymongo.errors import AutoReconnect, ServerSelectionTimeoutError

from common.causation import current_causation
from common.errors import Unavailable
from common.events import Envelope, Event
from common.ids import new_id
from common.messaging import wire
from common.messaging.provision import provision
from common.messaging.publisher import JetStreamPublisher
from common.messaging.results import ACK, HandlerResult, Reject, Retry
from common.mongo import Database
from tests.integration.common.conftest import Brokers
from tests.integration.common.listening import RETRY_DELAYS, consumer_of, letters_of, settled, the_letter
from tests.support.eventually import eventually
from tests.support.messaging import RecordingHandler, a_session_ended, running


async def publish(brokers: Brokers, *events: Envelope) -> None:
    for event in events:
        await JetStreamPublisher(brokers.auth).publish(event)


async def test_what_is_done_is_acknowledged_and_not_heard_again(db: Database, brokers: Brokers) -> None:
    notes = RecordingHandler()
    event = a_session_ended()
    await publish(brokers, event)
    async with running(consumer_of(db, brokers.tickets, notes)):

        async def all_received() -> None:
            assert len(notes.received) == 1
            await settled(brokers)

        await eventually(all_received)
    assert notes.received[0].stamped(None) == event
    assert await letters_of(brokers.tickets) == []


async def test_an_effect_names_the_event_as_its_cause(db: Database, brokers: Brokers) -> None:
    causes = []

    async def handler(_event: Event, _envelope: Envelope) -> HandlerResult:
        causes.append(current_causation())
        return ACK

    event = a_session_ended()
    await publish(brokers, event)
    async with running(consumer_of(db, brokers.tickets, handler)):

        async def handled() -> None:
            assert [cause.id for cause in causes if cause] == [str(event.id)]

        await eventually(handled)


async def test_not_yet_is_retried_after_each_delay_and_then_a_dead_letter_that_says_why(
    db: Database, brokers: Brokers
) -> None:
    heard_at = []

    async def handler(_event: Event, _envelope: Envelope) -> HandlerResult:
        heard_at.append(time.monotonic())
        return Retry("who is that?")

    event = a_session_ended()
    await publish(brokers, event)
    delays = (0.05, 0.2)
    async with running(consumer_of(db, brokers.tickets, handler, retry_delays=delays)):
        letter = await eventually(lambda: the_letter(brokers.tickets))
        await eventually(lambda: settled(brokers))
    assert len(heard_at) == 3
    # It may be late, but must not be early.
    waited = [later - earlier for earlier, later in pairwise(heard_at)]
    assert all(found >= delay * 0.9 for found, delay in zip(waited, delays, strict=True))
    assert (letter.reason, letter.attempts, letter.subject) == ("who is that?", 3, event.subject)
    assert letter.handler.endswith("handler")
    assert wire.decode(letter.headers, letter.body.encode()).stamped(None) == event
    assert await db["parked_events"].count_documents({}) == 0


async def test_of_several_handlers_the_dead_letter_names_the_one_that_failed(db: Database, brokers: Brokers) -> None:
    async def failing(_event: Event, _envelope: Envelope) -> HandlerResult:
        raise LookupError("no such person")

    last = RecordingHandler()
    await publish(brokers, a_session_ended())
    async with running(consumer_of(db, brokers.tickets, RecordingHandler(), failing, last)):
        letter = await eventually(lambda: the_letter(brokers.tickets))
    assert letter.handler.endswith(".failing")
    assert last.received == []


async def test_a_handler_that_raises_is_retried_too(db: Database, brokers: Brokers) -> None:
    all_received = []

    async def handler(_event: Event, envelope: Envelope) -> HandlerResult:
        all_received.append(envelope)
        raise LookupError("nobody\nof that name – 名前 🎉")

    await publish(brokers, a_session_ended())
    async with running(consumer_of(db, brokers.tickets, handler)):
        letter = await eventually(lambda: the_letter(brokers.tickets))
    assert len(all_received) == len(RETRY_DELAYS) + 1
    assert letter.reason == "LookupError: nobody of that name – 名前 🎉"


async def test_one_that_succeeds_on_a_later_attempt_is_done(db: Database, brokers: Brokers) -> None:
    all_received = []

    async def handler(_event: Event, envelope: Envelope) -> HandlerResult:
        all_received.append(envelope)
        return ACK if len(all_received) == 3 else Retry("not yet")

    await publish(brokers, a_session_ended())
    async with running(consumer_of(db, brokers.tickets, handler)):

        async def done() -> None:
            assert len(all_received) == 3
            await settled(brokers)

        await eventually(done)
    assert await letters_of(brokers.tickets) == []


async def test_what_is_rejected_is_a_dead_letter_at_once(db: Database, brokers: Brokers) -> None:
    notes = RecordingHandler(Reject("never"))
    await publish(brokers, a_session_ended())
    async with running(consumer_of(db, brokers.tickets, notes)):
        letter = await eventually(lambda: the_letter(brokers.tickets))
        await eventually(lambda: settled(brokers))
    assert len(notes.received) == 1
    assert (letter.reason, letter.attempts) == ("never", 1)


async def test_data_that_is_not_what_its_type_says_is_a_dead_letter(db: Database, brokers: Brokers) -> None:
    notes = RecordingHandler()
    await publish(brokers, a_session_ended().model_copy(update={"data": {"user_id": "nobody"}}))
    async with running(consumer_of(db, brokers.tickets, notes)):
        letter = await eventually(lambda: the_letter(brokers.tickets))
    assert notes.received == []
    assert "not a valid auth.session.ended.v1" in letter.reason
    assert "user_id" in letter.reason


@pytest.mark.parametrize(
    ("changed", "body"),
    [
        pytest.param({"ce-type": None}, b"{}", id="no type"),
        pytest.param({"ce-sequence": "first"}, b"{}", id="no number"),
        pytest.param({"ce-time": "yesterday"}, b"{}", id="no time"),
        pytest.param({}, b"\xff\xfe not JSON", id="no JSON"),
        pytest.param({}, b"[]", id="no object"),
        pytest.param({}, b"[" * 100_000, id="too deep"),
    ],
)
async def test_what_can_not_be_read_is_a_dead_letter_and_holds_up_nobody(
    db: Database, brokers: Brokers, changed: dict[str, str | None], body: bytes
) -> None:
    event = a_session_ended()
    headers = {**wire.encode(event)[0], **changed}
    given = {name: value for name, value in headers.items() if value is not None}
    await JetStreamPublisher(brokers.auth).send(event.subject, given, body)
    await publish(brokers, a_session_ended())
    notes = RecordingHandler()
    async with running(consumer_of(db, brokers.tickets, notes)):
        letter = await eventually(lambda: the_letter(brokers.tickets))

        async def others_heard() -> None:
            assert len(notes.received) == 1
            await settled(brokers)

        await eventually(others_heard)
    assert (letter.handler, letter.attempts, letter.subject) == ("none", 1, event.subject)
    assert letter.reason


async def test_while_one_is_retried_those_of_others_are_handled(db: Database, brokers: Brokers) -> None:
    poison = new_id()
    all_received = []

    async def handler(_event: Event, envelope: Envelope) -> HandlerResult:
        if envelope.aggregate_id == poison:
            return Retry("never well")
        all_received.append(envelope)
        return ACK

    await publish(brokers, a_session_ended(poison), *(a_session_ended() for _ in range(10)))
    async with running(consumer_of(db, brokers.tickets, handler, retry_delays=(600,), concurrency=1)):

        async def all_others() -> None:
            assert len(all_received) == 10

        await eventually(all_others)
        await eventually(lambda: settled(brokers))
    assert [parked["aggregate"] async for parked in db["parked_events"].find()] == [f"auth.session.{poison}"]
    assert await letters_of(brokers.tickets) == []


@pytest.mark.parametrize(
    "outage", [Unavailable("NATS is away"), AutoReconnect("closed"), ServerSelectionTimeoutError("nobody there")]
)
async def test_an_outage_is_no_attempt_and_never_a_dead_letter(
    db: Database, brokers: Brokers, outage: Exception
) -> None:
    all_received = []

    async def handler(_event: Event, envelope: Envelope) -> HandlerResult:
        all_received.append(envelope)
        if len(all_received) < 3:
            raise outage
        return ACK

    await publish(brokers, a_session_ended())
    # The first failure that counted would be the last.
    async with running(consumer_of(db, brokers.tickets, handler, retry_delays=())):

        async def done() -> None:
            assert len(all_received) == 3
            await settled(brokers)

        await eventually(done)
    assert await db["parked_events"].count_documents({}) == 0
    assert await letters_of(brokers.tickets) == []


async def test_a_consumer_started_before_its_durable_waits_for_it_and_says_so(db: Database, brokers: Brokers) -> None:
    await brokers.provisioner.jetstream.delete_consumer("AUTH", "tickets")
    notes = RecordingHandler()
    replica = consumer_of(db, brokers.tickets, notes)
    async with running(replica):

        async def waits() -> None:
            assert "no consumer tickets yet" in (replica.consumer.problem or "")

        await eventually(waits)
        await provision(brokers.provisioner.jetstream)
        await publish(brokers, a_session_ended())

        async def all_received() -> None:
            assert len(notes.received) == 1
            assert replica.consumer.problem is None

        await eventually(all_received)
