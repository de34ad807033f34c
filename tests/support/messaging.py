"""Events, streams and handlers for tests of messaging, and loops that run within a block."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from nats.js.api import RawStreamMsg
from nats.js.errors import NotFoundError

from common import clock
from common.events import Envelope, Event
from common.events.auth import SessionEnded
from common.ids import new_id
from common.loops import SHUTDOWN_GRACE_SECONDS, Loop
from common.messaging import wire
from common.messaging.broker import Broker
from common.messaging.results import ACK, HandlerResult
from common.messaging.router import Handlers, Router, merge_subscriptions
from common.messaging.topology import SUBSCRIPTIONS
from common.mongo import Database
from common.outbox import EventLog, EventSelection
from tests.support.eventually import eventually


def envelope_of(
    event: Event, aggregate_id: UUID | None = None, *, sequence: int = 1, organisation_id: UUID | None = None
) -> Envelope:
    """An event of this moment."""
    at = clock.now()
    return Envelope(
        id=new_id(at),
        type=event.type,
        version=event.version,
        time=at,
        organisation_id=organisation_id or new_id(),
        aggregate_id=aggregate_id or new_id(),
        sequence=sequence,
        data=event.model_dump(mode="json"),
    )


def a_session_ended(aggregate_id: UUID | None = None, sequence: int = 1) -> Envelope:
    """An event that tickets, notifications and mailer subscribe to."""
    return envelope_of(SessionEnded(user_id=new_id()), aggregate_id, sequence=sequence)


async def read_event_log(db: Database, aggregate_id: UUID) -> list[Envelope]:
    """The events of one aggregate, in order."""
    return [envelope async for envelope in EventLog(db).read(EventSelection(aggregate_id=aggregate_id))]


async def logged_events_of(db: Database, aggregate_id: UUID, *, length: int = 1) -> list[Envelope]:
    """The events of an aggregate, once the log of its service has `length` of them."""

    async def logged() -> list[Envelope]:
        events = await read_event_log(db, aggregate_id)
        assert len(events) >= length, [event.action for event in events]
        return events

    return await eventually(logged)


async def messages_in(broker: Broker, stream: str) -> list[RawStreamMsg]:
    """Every message of a stream, oldest first. `broker` is the provisioner's."""
    found: list[RawStreamMsg] = []
    while True:
        after = (found[-1].seq or 0) if found else 0
        try:
            found.append(await broker.jetstream.get_msg(stream, after + 1, subject=">", next=True))
        except NotFoundError:
            return found


async def envelopes_in(broker: Broker, stream: str) -> list[Envelope]:
    return [wire.decode(found.headers or {}, found.data or b"") for found in await messages_in(broker, stream)]


@dataclass
class RecordingHandler:
    """Returns `result` for every event."""

    result: HandlerResult = ACK
    received: list[Envelope] = field(default_factory=list)

    async def __call__(self, _event: Event, envelope: Envelope) -> HandlerResult:
        self.received.append(envelope)
        return self.result

    def deliveries(self) -> Counter[UUID]:
        """The number of deliveries of each event."""
        return Counter(envelope.id for envelope in self.received)


def router_of(service: str, *parts: Handlers) -> Router:
    """With the handlers under test; the service's other subscriptions acknowledge everything."""
    tested = merge_subscriptions(*parts)
    others = {event: RecordingHandler() for event in SUBSCRIPTIONS[service] if event not in tested}
    return Router(service, {**tested, **merge_subscriptions(others)})


@asynccontextmanager
async def running(*loops: Loop) -> AsyncIterator[Sequence[asyncio.Task[None]]]:
    """Raises the error of a loop that fails."""
    tasks = [asyncio.create_task(loop.run(), name=loop.name) for loop in loops]
    try:
        yield tasks
    finally:
        waiting = set(tasks)
        while waiting:  # a cancellation can be swallowed, so it is repeated as in common.lifecycle
            for task in waiting:
                task.cancel()
            _, waiting = await asyncio.wait(waiting, timeout=SHUTDOWN_GRACE_SECONDS)
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome
