"""An event that cannot be handled yet waits outside the stream: it delays only later events of its aggregate."""

import asyncio
import os
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from common.command_line import _parser
from common.events import Envelope, Event
from common.events.auth import OrganisationSuspended, SessionEnded
from common.events.notifications import PreferencesUpdated
from common.ids import new_id
from common.messaging import wire
from common.messaging.broker import Broker
from common.messaging.delivery import Delivery, RawMessage
from common.messaging.parked_events import ParkedEvents
from common.messaging.publisher import JetStreamPublisher
from common.messaging.results import ACK, HandlerResult, Retry
from common.messaging.topology import consumers_of, stream_of
from common.mongo import Database, insert_ignore_existing
from common.outbox.held_back import hold_back
from tests.integration.common.conftest import Brokers
from tests.integration.common.listening import Replica, consumer_of, letters_of, settled
from tests.support.eventually import eventually
from tests.support.messaging import RecordingHandler, a_session_ended, envelope_of, router_of, running
from tests.support.services import Installation, build

MANY = 5_000 if os.environ.get("HELPDESK_SOAK") == "1" else 300
KILL_DELAYS = (0.05, 0.05, 2)
SETTING_DELAYS = (0.5, 1, 2, 5, 15, 30, 60, 120)


class Ledger:
    """A handler that cannot handle events of `blocked` aggregates. Its effect is one document for each event; `order`
    lists each aggregate's effects as they were made first."""

    def __init__(self, db: Database) -> None:
        self._effects = db["samples"]
        self.blocked: set[UUID] = set()
        self.tried: dict[UUID, list[int]] = defaultdict(list)
        self.order: dict[UUID, list[int]] = defaultdict(list)

    async def __call__(self, _event: Event, envelope: Envelope) -> HandlerResult:
        self.tried[envelope.aggregate_id].append(envelope.sequence)
        if envelope.aggregate_id in self.blocked:
            return Retry("not yet")
        if await self._effects.find_one({"_id": envelope.id}) is None:
            await insert_ignore_existing(self._effects, [{"_id": envelope.id}])
            self.order[envelope.aggregate_id].append(envelope.sequence)
        return ACK

    def block(self, *aggregates: UUID) -> None:
        self.blocked.update(aggregates)

    async def has_handled(self, events: Iterable[Envelope]) -> None:
        wanted = {event.id for event in events}
        assert await self._effects.count_documents({"_id": {"$in": list(wanted)}}) == len(wanted)


async def publish(brokers: Brokers, events: Iterable[Envelope]) -> None:
    publisher = JetStreamPublisher(brokers.auth)
    pending = list(events)
    while pending:
        await asyncio.gather(*(publisher.publish(event) for event in pending[:100]))
        del pending[:100]


async def publish_in_order(brokers: Brokers, events: Iterable[Envelope]) -> None:
    for event in events:
        await JetStreamPublisher(brokers.auth).publish(event)


def events_of(aggregate_id: UUID, count: int) -> list[Envelope]:
    return [a_session_ended(aggregate_id, sequence) for sequence in range(1, count + 1)]


async def nothing_parked(db: Database) -> None:
    assert await db["parked_events"].count_documents({}) == 0


@pytest.mark.soak
@pytest.mark.parametrize("aggregates", [MANY, 1], ids=["of as many aggregates", "of one aggregate"])
async def test_many_events_that_cannot_be_handled_yet_do_not_delay_those_of_others(
    db: Database, brokers: Brokers, aggregates: int
) -> None:
    ledger = Ledger(db)
    ids = [new_id() for _ in range(aggregates)]
    blocked = [a_session_ended(ids[number % aggregates], 1 + number // aggregates) for number in range(MANY)]
    ledger.block(*ids)
    async with running(consumer_of(db, brokers.tickets, ledger, retry_delays=SETTING_DELAYS)):
        await publish(brokers, blocked)
        await eventually(lambda: settled(brokers), within=120)
        await publish(brokers, [other := a_session_ended()])
        await eventually(lambda: ledger.has_handled([other]), within=2)
        assert await db["parked_events"].count_documents({}) == MANY

        ledger.blocked.clear()
        await eventually(lambda: ledger.has_handled(blocked), within=600)
        await eventually(lambda: nothing_parked(db))
    assert all(order == sorted(order) for order in ledger.order.values())
    assert await letters_of(brokers.tickets) == []


async def test_later_events_of_the_aggregate_wait_and_follow_at_once_in_order(db: Database, brokers: Brokers) -> None:
    ledger = Ledger(db)
    ledger.block(held := new_id())
    events, others = events_of(held, 10), events_of(new_id(), 10)
    async with running(consumer_of(db, brokers.tickets, ledger, retry_delays=(0.05,) * 1000)):
        await publish_in_order(brokers, [*events, *others])
        await eventually(lambda: settled(brokers))
        await ledger.has_handled(others)

        async def retried() -> None:
            assert len(ledger.tried[held]) > 3

        await eventually(retried)
        assert set(ledger.tried[held]) == {1}
        ledger.blocked.clear()
        await eventually(lambda: ledger.has_handled(events))
        await eventually(lambda: nothing_parked(db))
    assert ledger.order[held] == list(range(1, 11))
    assert ledger.tried[held].count(10) == 1


async def test_after_the_last_attempt_the_first_is_a_dead_letter_and_the_next_ones_go_on(
    db: Database, brokers: Brokers
) -> None:
    held = new_id()
    first, *later = events_of(held, 4)
    ledger = Ledger(db)

    async def handler(event: Event, envelope: Envelope) -> HandlerResult:
        return Retry("who is that?") if envelope.id == first.id else await ledger(event, envelope)

    async with running(consumer_of(db, brokers.tickets, handler)):
        await publish_in_order(brokers, [first, *later])
        await eventually(lambda: ledger.has_handled(later))
        await eventually(lambda: nothing_parked(db))
    (letter,) = await letters_of(brokers.tickets)
    assert (letter.headers["ce-id"], letter.reason, letter.attempts) == (str(first.id), "who is that?", 3)
    assert letter.handler.endswith("handler")
    assert wire.decode(letter.headers, letter.body.encode()).stamped(None) == first
    assert ledger.order[held] == [2, 3, 4]


async def test_what_one_replica_parked_is_not_overtaken_in_another(
    db: Database, brokers: Brokers, second: Broker
) -> None:
    ledger = Ledger(db)
    ledger.block(held := new_id())
    first, *later = events_of(held, 5)
    delays = (0.3,) * 1000
    async with running(consumer_of(db, brokers.tickets, ledger, retry_delays=delays)):
        await publish_in_order(brokers, [first])
        await eventually(lambda: settled(brokers))
    async with running(consumer_of(db, second, ledger, retry_delays=delays)):
        await publish_in_order(brokers, later)
        await eventually(lambda: settled(brokers))
        assert set(ledger.tried[held]) == {1}
        ledger.blocked.clear()
        await eventually(lambda: ledger.has_handled([first, *later]))
    assert ledger.order[held] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("publisher", "other"),
    [
        pytest.param("auth", OrganisationSuspended(slug="any"), id="another kind of aggregate"),
        pytest.param("notifications", PreferencesUpdated(changes={}), id="another service"),
    ],
)
async def test_an_event_of_another_aggregate_with_the_same_id_does_not_wait(
    db: Database, brokers: Brokers, installation: Installation, publisher: str, other: Event
) -> None:
    ledger, notes = Ledger(db), RecordingHandler()
    ledger.block(held := new_id())
    router = router_of("tickets", {SessionEnded: ledger}, {type(other): notes})
    streams = (stream_of("auth"), stream_of("notifications"))
    specs = [spec for spec in consumers_of("tickets") if spec.stream in streams]
    async with (
        installation.connected(publisher) as broker,
        running(*(Replica(db, brokers.tickets, spec, router, (600,), 32) for spec in specs)),
    ):
        await publish_in_order(brokers, [a_session_ended(held)])
        await eventually(lambda: settled(brokers))
        await JetStreamPublisher(broker).publish(envelope_of(other, held))
        for spec in specs:
            await eventually(partial(settled, brokers, stream=spec.stream))
    assert [envelope.aggregate_id for envelope in notes.received] == [held]
    assert await db["parked_events"].count_documents({}) == 1


async def test_an_event_is_parked_although_another_service_gave_its_id_to_one_of_its_own(db: Database) -> None:
    real = a_session_ended()
    forged = envelope_of(PreferencesUpdated(changes={}), real.aggregate_id).model_copy(update={"id": real.id})
    parked = ParkedEvents(db)
    for envelope in (forged, real):
        message = RawMessage("ANY:1", "ANY", envelope.subject, *wire.encode(envelope))
        await parked.park(Delivery.of(message), Retry("not yet"), seconds=60)
    assert {found.type async for found in parked.aggregates()} == {real.type, forged.type}


class KilledAt:
    """Replaces a method of a replica: the replica does no more after that call, or before it."""

    def __init__(self, replica: Replica, target: object, method: str, *, after: bool) -> None:
        self.killed, self.gone = asyncio.Event(), asyncio.Event()
        self._replica = replica
        self._original: Callable[..., Awaitable[Any]] = getattr(target, method)
        self._after = after
        setattr(target, method, self)

    async def __call__(self, *arguments: Any, **named: Any) -> Any:
        if self._after:
            await self._original(*arguments, **named)
        # A process that is gone neither renews its lease nor gives it back.
        for method in ("holds", "give_back"):
            setattr(self._replica.lease, method, self._nothing)
        self.killed.set()
        await self.gone.wait()
        raise asyncio.CancelledError

    async def _nothing(self) -> bool:
        return False


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("target", "method"),
    [("parked", "park"), ("parked", "park_behind"), ("parked", "remove"), ("dead_letters", "store")],
)
async def test_a_worker_killed_at_any_step_loses_and_doubles_nothing(
    db: Database,
    brokers: Brokers,
    second: Broker,
    short_ack_wait: float,
    target: str,
    method: str,
    after: bool,
) -> None:
    held = new_id()
    events = events_of(held, 5)
    doomed = a_session_ended()
    ledger = Ledger(db)
    if method != "store":
        ledger.block(held)

    async def handler(event: Event, envelope: Envelope) -> HandlerResult:
        return Retry("never") if envelope.id == doomed.id else await ledger(event, envelope)

    first = consumer_of(db, brokers.tickets, handler, retry_delays=KILL_DELAYS)
    kill = KilledAt(first, getattr(first, target), method, after=after)
    async with running(first) as (task,):
        await publish_in_order(brokers, [events[0], doomed, *events[1:]])
        if method == "remove":

            async def all_parked() -> None:
                assert await db["parked_events"].count_documents({"aggregate": f"auth.session.{held}"}) == 5

            await eventually(all_parked)
            ledger.blocked.clear()
        await asyncio.wait_for(kill.killed.wait(), 30)
        await brokers.tickets.close()
        task.cancel()
        ledger.blocked.clear()
        async with running(consumer_of(db, second, handler, retry_delays=KILL_DELAYS)):
            await eventually(lambda: settled(brokers))
            await eventually(lambda: nothing_parked(db))
        assert [letter.headers["ce-id"] for letter in await letters_of(second)] == [str(doomed.id)]
        assert ledger.order[held] == [1, 2, 3, 4, 5]
        kill.gone.set()


async def test_an_operator_sees_which_aggregate_waits_for_what(db: Database, brokers: Brokers) -> None:
    ledger = Ledger(db)
    ledger.block(held := new_id())
    async with running(consumer_of(db, brokers.tickets, ledger, retry_delays=(600,))):
        await publish_in_order(brokers, events_of(held, 3))
        await eventually(lambda: settled(brokers))
    (waiting,) = [found async for found in ParkedEvents(db).aggregates()]
    assert (waiting.aggregate, waiting.events) == (f"auth.session.{held}", 3)
    assert (waiting.failures, waiting.reason) == (1, "not yet")
    assert waiting.type == "auth.session.ended"
    assert "Ledger" in waiting.handler


async def test_the_command_held_back_lists_what_cannot_be_published_and_what_cannot_be_handled(
    installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    service = build("tickets", installation.settings("tickets"))
    await service.prepare()
    document = {"_id": new_id(), "outbox": ["nonsense"]}
    await service.db["tickets"].insert_one(document)
    await hold_back(service.db, "tickets", document, "unreadable: nonsense")
    event = a_session_ended()
    message = RawMessage("AUTH:1", "AUTH", event.subject, *wire.encode(event))
    await ParkedEvents(service.db).park(Delivery.of(message), Retry("who is that?", "people.remember"), seconds=60)
    arguments = _parser("tickets", {}).parse_args(["held-back"])

    await arguments.command.run(service, arguments)

    publishing, handling = [line for line in capsys.readouterr().out.splitlines() if "\t" in line]
    assert publishing.startswith(f"publishing\t{document['_id']}\t")
    assert publishing.endswith("\tunreadable: nonsense")
    assert handling.startswith(f"handling\tauth.session.{event.aggregate_id}\t")
    assert handling.endswith("\t1 events, first auth.session.ended: who is that? (people.remember)")


async def test_looking_whether_an_aggregate_is_parked_reads_one_index_entry_however_many_are_parked(
    db: Database,
) -> None:
    ids = [f"auth.session.{new_id()}" for _ in range(3)]
    documents = [{"_id": new_id(), "aggregate": id_, "sequence": n} for id_ in ids for n in range(500)]
    await db["parked_events"].insert_many(documents)
    parked = ParkedEvents(db)
    await db.command("profile", 2)
    try:
        found = await asyncio.gather(*(parked.has_events_of(id_) for id_ in [*ids, "auth.session.none"]))
        await db.command("profile", 0)
        queries = await db["system.profile"].find({"command.distinct": "parked_events"}).to_list()
    finally:
        await db.command("profile", 0)
        await db["system.profile"].drop()
    assert found == [True, True, True, False]
    assert sum(query["keysExamined"] for query in queries) <= 10
    assert sum(query["docsExamined"] for query in queries) == 0
