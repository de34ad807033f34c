"""Who has seen one position in an inbox has seen everything before it, however many write at once."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import pytest
import pytest_asyncio
from pymongo.errors import PyMongoError

from common import clock
from common.ids import derived_id, new_id
from common.lifecycle import Service
from common.messaging.broadcaster import Broadcaster
from notifications.notification.document import Notification
from notifications.notification.inbox_writer import InboxWriter
from tests.support.services import Installation, build

pytestmark = pytest.mark.asyncio(loop_scope="module")

ORGANISATION = new_id()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(shared_installation: Installation) -> AsyncIterator[Service]:
    """notifications with its database, and nothing running."""
    built = build("notifications", shared_installation.settings("notifications"))
    async with built.prepared():
        yield built


def writer() -> InboxWriter:
    """That of one replica, which reaches nobody."""
    return InboxWriter(Broadcaster())


def notification_of(recipient_id: UUID, event_id: UUID, *, in_app: bool = True, title: str = "Printer") -> Notification:
    """One person is notification_of of one event."""
    return Notification(
        id=derived_id("notification", event_id, recipient_id),
        organisation_id=ORGANISATION,
        recipient_id=recipient_id,
        kind="ticket_created",
        audience="staff",
        event_id=event_id,
        title=title,
        created_at=clock.now(),
        in_app=in_app,
        unread=in_app,
    )


async def positions_of(service: Service, recipient_id: UUID) -> list[int]:
    """In the order of the inbox."""
    found = service.db["notifications"].find({"recipient_id": recipient_id, "position": {"$gt": 0}})
    return [each["position"] async for each in found.sort("position")]


class Reader:
    """Reads on from the last position seen, as a stream does, as fast as it can."""

    def __init__(self, service: Service, recipient_id: UUID) -> None:
        self._notifications = service.db["notifications"]
        self._recipient_id = recipient_id
        self.seen: list[UUID] = []
        self._position = 0

    async def read(self) -> None:
        query = {"recipient_id": self._recipient_id, "position": {"$gt": self._position}}
        async for found in self._notifications.find(query).sort("position").limit(5):
            self.seen.append(found["_id"])
            self._position = found["position"]

    async def until(self, done: asyncio.Event) -> None:
        while not done.is_set():
            await self.read()
        for _ in range(100):
            await self.read()


async def test_a_reader_misses_nothing_and_meets_nothing_twice_while_many_replicas_write(service: Service) -> None:
    people = [new_id() for _ in range(3)]
    readers = [Reader(service, person) for person in people]
    done = asyncio.Event()
    reading = [asyncio.create_task(reader.until(done)) for reader in readers]

    async def replica() -> None:
        positions = writer()
        events = [new_id() for _ in range(40)]

        async def handled(event: UUID) -> None:
            await asyncio.sleep(random.uniform(0, 0.3))
            await positions.append(
                [notification_of(person, event) for person in random.sample(people, random.randint(1, 3))]
            )

        await asyncio.gather(*map(handled, events))

    await asyncio.gather(*(replica() for _ in range(4)))
    done.set()
    await asyncio.gather(*reading)

    for person, reader in zip(people, readers, strict=True):
        stored = service.db["notifications"].find({"recipient_id": person}).sort("position")
        assert reader.seen == [each["_id"] async for each in stored]
        assert await positions_of(service, person) == list(range(1, len(reader.seen) + 1))
        assert len(reader.seen) > 40


async def test_what_is_there_already_is_neither_repeated_nor_moved_and_leaves_no_gap(service: Service) -> None:
    person, events = new_id(), [new_id() for _ in range(6)]
    await writer().append([notification_of(person, event) for event in events[:3]])
    before = await positions_of(service, person)

    again = writer()
    await asyncio.gather(*(again.append([notification_of(person, event)]) for event in events))
    await again.append([notification_of(person, event) for event in events])

    assert before == [1, 2, 3]
    assert await positions_of(service, person) == [1, 2, 3, 4, 5, 6]
    assert await service.db["notifications"].count_documents({"recipient_id": person}) == 6


async def test_the_same_event_handled_by_many_replicas_at_once_is_told_once(service: Service) -> None:
    people, events = [new_id() for _ in range(5)], [new_id() for _ in range(5)]

    async def all_of_it(order: Sequence[UUID]) -> None:
        positions = writer()
        await asyncio.gather(
            *(positions.append([notification_of(person, event) for person in people]) for event in order)
        )

    await asyncio.gather(*(all_of_it(random.sample(events, len(events))) for _ in range(4)))

    for person in people:
        assert await positions_of(service, person) == [1, 2, 3, 4, 5]


async def test_what_is_only_mailed_takes_no_position(service: Service) -> None:
    person = new_id()
    positions = writer()

    await positions.append(
        [
            notification_of(person, new_id()),
            notification_of(person, new_id(), in_app=False),
            notification_of(person, new_id()),
        ]
    )

    assert await positions_of(service, person) == [1, 2]
    assert await service.db["notifications"].count_documents({"recipient_id": person}) == 3


async def test_one_that_can_not_be_saved_takes_no_other_with_it(service: Service) -> None:
    person = new_id()
    positions = writer()
    too_large = "x" * 17_000_000

    outcomes = await asyncio.gather(
        positions.append([notification_of(person, new_id())]),
        positions.append([notification_of(person, new_id(), title=too_large)]),
        positions.append([notification_of(person, new_id())]),
        return_exceptions=True,
    )

    assert [type(outcome) for outcome in outcomes if outcome is not None] != []
    assert outcomes[0] is outcomes[2] is None
    assert isinstance(outcomes[1], PyMongoError)
    assert await positions_of(service, person) == [1, 2]
    await positions.append([notification_of(person, new_id())])
    assert await positions_of(service, person) == [1, 2, 3]


async def test_the_last_position_is_found_in_one_step_however_full_the_inbox_is(service: Service) -> None:
    people = [new_id() for _ in range(4)]
    positions = writer()
    for person in people:
        await positions.append([notification_of(person, new_id()) for _ in range(50)])

    asked = [
        {"$match": {"organisation_id": ORGANISATION, "recipient_id": {"$in": people}, "position": {"$gt": 0}}},
        {"$sort": {"organisation_id": 1, "recipient_id": 1, "position": -1}},
        {"$group": {"_id": "$recipient_id", "position": {"$first": "$position"}}},
    ]
    plan = await service.db.command(
        "explain",
        {"aggregate": "notifications", "pipeline": asked, "cursor": {}, "hint": "position"},
        verbosity="executionStats",
        codec_options=service.db.codec_options,
    )

    stats = plan.get("executionStats") or plan["stages"][0]["$cursor"]["executionStats"]
    assert stats["totalKeysExamined"] <= 3 * len(people), stats
    assert stats["totalDocsExamined"] <= 3 * len(people), stats
