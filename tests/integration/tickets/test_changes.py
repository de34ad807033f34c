"""Staff who ask for changes after a position miss none, whoever commits when and whatever the clocks say."""

import asyncio
import random
from uuid import UUID

import pytest

from common.events import Actor
from common.ids import new_id
from tests.support.desk import Body, Desk, ok, problem
from tests.support.eventually import eventually
from tests.support.query_plans import planned
from tickets.changes.sequencer import ChangeSequencer
from tickets.ticket.document import Ticket

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALEX = Actor(id=new_id(), name="Alex", role="agent")


class Reader:
    """Polls as the desk does, from the position that the last poll returned."""

    def __init__(self, desk: Desk, position: int) -> None:
        self._desk = desk
        self.position = position
        self.seen: list[Body] = []
        self.deleted: set[str] = set()

    @classmethod
    async def start(cls, desk: Desk, *known: Body) -> "Reader":
        """A reader who has seen these tickets as they are now."""
        reader = cls(desk, 0)
        await reader.sees(*known)
        return reader

    async def poll(self) -> None:
        more = True
        while more:
            query = {"after_position": self.position, "limit": 2}
            changes = ok(await self._desk.ask(self._desk.agent, "GET", "/changes", params=query))
            self.position, more = changes["position"], changes["more"]
            self.seen += changes["items"]
            self.deleted |= set(changes["deleted_ids"])

    async def sees(self, *tickets: Body) -> None:
        """Returns once polling showed the tickets again."""
        before = len(self.seen)

        async def shown() -> None:
            await self.poll()
            assert {ticket["id"] for ticket in tickets} <= {each["id"] for each in self.seen[before:]}

        await eventually(shown, within=10)


async def test_a_change_that_was_stamped_earlier_and_committed_later_is_not_missed(desk: Desk) -> None:
    slow, fast = await desk.ticket(), await desk.ticket()
    reader = await Reader.start(desk, slow, fast)
    held = await Ticket.load(UUID(slow["id"]), desk.agent.organisation_id)
    held.edit({"category": "Slow"}, ALEX)  # stamped, not committed
    await desk.changed(desk.agent, fast, category="Fast")
    await reader.sees(fast)

    await held.commit()

    await reader.sees(slow)
    assert reader.seen[-1]["category"] == "Slow"
    assert reader.seen[-1]["updated_at"] < (await desk.get(desk.agent, fast))["updated_at"]


async def test_a_note_is_a_change_for_staff_and_none_for_customers(desk: Desk) -> None:
    ticket = await desk.ticket()
    reader = await Reader.start(desk, ticket)
    listed = await desk.listed(desk.customer)

    await desk.wrote(desk.agent, ticket, "A note.", visibility="internal")

    await reader.sees(ticket)
    assert await desk.listed(desk.customer) == listed
    problem(await desk.ask(desk.customer, "GET", "/changes"), 403, "forbidden")


async def test_a_deleted_ticket_is_named_and_not_shown(desk: Desk) -> None:
    ticket = await desk.ticket()
    reader = await Reader.start(desk, ticket)
    admin = await desk.joined_by("admin", "Ada Admin")

    deleted = await desk.delete(admin, ticket)

    async def named() -> None:
        await reader.poll()
        assert reader.deleted == {ticket["id"]}

    assert deleted.status_code == 204
    await eventually(named)
    assert reader.seen[-1]["deleted_at"] is None


async def test_a_reader_who_has_no_position_yet_gets_the_current_one(desk: Desk) -> None:
    ticket = await desk.ticket()
    reader = await Reader.start(desk, ticket)

    start = ok(await desk.ask(desk.agent, "GET", "/changes"))

    assert start == {"items": [], "deleted_ids": [], "position": reader.position, "more": False}


async def test_a_position_that_is_not_reached_again_after_a_restore_is_answered_by_a_lower_one(desk: Desk) -> None:
    ticket = await desk.ticket()
    reader = await Reader.start(desk, ticket)

    changes = ok(await desk.ask(desk.agent, "GET", "/changes", params={"after_position": reader.position + 100}))

    assert changes["position"] == reader.position


async def test_a_commit_between_the_reading_and_the_numbering_of_a_ticket_gets_a_position_of_its_own(
    desk: Desk,
) -> None:
    ticket = await desk.ticket()
    reader = await Reader.start(desk, ticket)
    loaded = await Ticket.load(UUID(ticket["id"]), desk.agent.organisation_id)
    assert loaded.position == reader.position
    loaded.edit({"category": "First"}, ALEX)
    await loaded.commit()
    loaded.edit({"category": "Second"}, ALEX)  # it does not know the position that the first change gets
    await reader.sees(ticket)

    await loaded.commit()

    await reader.sees(ticket)
    assert reader.seen[-1]["category"] == "Second"


async def test_many_writers_and_two_sequencers_leave_no_change_unseen(desk: Desk) -> None:
    tickets = [await desk.ticket() for _ in range(5)]
    reader = await Reader.start(desk, *tickets)
    other = ChangeSequencer(desk.tickets.db)
    finished = asyncio.Event()

    async def write(ticket: Body) -> None:
        for number in range(6):
            await desk.changed(desk.agent, ticket, category=f"Change {number}")
            await asyncio.sleep(random.uniform(0, 0.02))

    async def assign() -> None:
        while not finished.is_set():
            await other.assign_positions()

    async def read() -> None:
        while not finished.is_set():
            await reader.poll()

    background = [asyncio.create_task(assign()), asyncio.create_task(read())]
    await asyncio.gather(*map(write, tickets))
    finished.set()
    await asyncio.gather(*background)

    async def latest() -> None:
        await reader.poll()
        shown = {ticket["id"]: ticket["category"] for ticket in reader.seen}
        assert shown == dict.fromkeys(shown, "Change 5")

    await eventually(latest, within=10)
    own = {"organisation_id": desk.agent.organisation_id, "position": {"$gt": 0}}
    positions = [each["position"] async for each in desk.tickets.db["tickets"].find(own)]
    assert len(positions) == len(set(positions))


async def test_a_poll_without_news_looks_at_no_ticket(desk: Desk) -> None:
    reader = await Reader.start(desk, *[await desk.ticket() for _ in range(3)])

    async with planned(desk.tickets.db) as plans:
        await reader.poll()

    assert [plan for plan in plans if plan.collection == "tickets" and plan.documents] == []
