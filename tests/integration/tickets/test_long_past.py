"""With a hundred thousand tickets behind it, each question is still answered by an index."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from common import clock
from common.ids import new_id
from common.mongo import Database
from common.principal import Principal
from tests.support.bulk_data import AGENTS, insert_audit_entries, insert_tickets
from tests.support.query_plans import planned
from tests.support.services import Installation, build
from tickets.audit.queries import list_newest_first
from tickets.audit.schemas import AuditFilter
from tickets.deadlines.deadline import DEADLINES, Deadline
from tickets.deadlines.sweeper import BATCH, Sweeper
from tickets.domain.date_range import DateRange
from tickets.export import queries as export
from tickets.reports import queries as reports
from tickets.search.schemas import TicketFilter

pytestmark = pytest.mark.asyncio(loop_scope="module")

BUSY, QUIET = new_id(), new_id()
"""Two organisations."""
ADMIN = Principal(new_id(), BUSY, "admin", new_id(), "Ada Admin", clock.now())
AGENT = UUID(str(AGENTS[0]["id"]))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def db(shared_installation: Installation) -> AsyncIterator[Database]:
    """tickets' own, with nobody else at work in it."""
    async with build("tickets", shared_installation.settings("tickets")).prepared() as service:
        for collection in ("tickets", "audit"):
            await service.db[collection].drop_indexes()  # built at once they take a fraction of the time
        await insert_tickets(service.db, BUSY, 100_000)
        await insert_tickets(service.db, QUIET, 1_000)
        await insert_audit_entries(service.db, BUSY, 100_000)
        await insert_audit_entries(service.db, QUIET, 1_000)
        await service.prepare()
        yield service.db


async def overdue(db: Database, deadline: Deadline, organisation_id: UUID, count: int) -> None:
    """Lets so many of the tickets that wait for it have waited for too long."""
    waiting = {**deadline.pending, "organisation_id": organisation_id}
    ids = [found["_id"] async for found in db["tickets"].find(waiting, {"_id": 1}).limit(count)]
    assert len(ids) == count
    long_ago = clock.now() - timedelta(days=400)
    await db["tickets"].update_many({"_id": {"$in": ids}}, {"$set": {deadline.since: long_ago}})


@pytest.mark.parametrize("deadline", DEADLINES, ids=lambda deadline: deadline.name)
async def test_looking_for_due_tickets_looks_at_those_that_are_due_and_at_no_others(
    db: Database, deadline: Deadline
) -> None:
    await overdue(db, deadline, BUSY, 3)
    await overdue(db, deadline, QUIET, 1)

    async with planned(db) as plans:
        assert await Sweeper(db, deadline).sweep() == 4

    for plan in plans.of("tickets"):
        assert plan.by.startswith("IXSCAN"), plan
        assert plan.documents <= BATCH, plan
        assert plan.keys <= plan.returned + 1, plan
    assert {plan.by for plan in plans.of("settings")} == {"IDHACK"}


LAST_WEEK, LAST_DAY = clock.now() - timedelta(days=7), clock.now() - timedelta(days=1)


@pytest.mark.parametrize(
    ("wanted", "most"),
    [
        (AuditFilter(), 21),
        (AuditFilter(since=LAST_WEEK, until=LAST_DAY), 21),
        (AuditFilter(actor=AGENT), 21),
        (AuditFilter(actor=AGENT, since=LAST_WEEK, until=LAST_DAY), 21),
        (AuditFilter(action="ticket.created"), 21),
        (AuditFilter(entity_type="session"), 21),
        (AuditFilter(entity_type="ticket", entity_id=new_id()), 0),
        # One of them by index, and the other one is looked at: one in three is of the action.
        (AuditFilter(actor=AGENT, action="ticket.created"), 300),
    ],
    ids=["all", "period", "actor", "actor and period", "action", "type", "entity", "actor and action"],
)
async def test_the_trail_is_read_by_an_index_whatever_is_asked_for(
    db: Database, wanted: AuditFilter, most: int
) -> None:
    async with planned(db) as plans:
        first = await list_newest_first(db, wanted, ADMIN)
        await list_newest_first(db, wanted.model_copy(update={"cursor": first.next_cursor}), ADMIN)

    assert len(first.items) == (20 if most else 0)
    for plan in plans.of("audit"):
        assert plan.by.startswith("IXSCAN"), plan
        assert plan.documents <= most, plan


async def test_a_small_organisation_does_not_pay_for_the_large_one_beside_it(db: Database) -> None:
    for _ in range(5):  # so that MongoDB remembers how it answered the large one
        await list_newest_first(db, AuditFilter(), ADMIN)

    async with planned(db) as plans:
        first = await list_newest_first(db, AuditFilter(), replace(ADMIN, organisation_id=QUIET))

    assert len(first.items) == 20
    assert [plan.documents for plan in plans.of("audit")] == [21]


@pytest.mark.parametrize(("days", "most"), [(1, 4_500), (7, 8_000), (366, 210_000)])
async def test_a_report_looks_at_the_tickets_of_its_days_and_at_what_is_unresolved(
    db: Database, days: int, most: int
) -> None:
    today = clock.now().date()
    period = DateRange(today - timedelta(days=days - 1), today, ZoneInfo("Europe/Berlin"))

    async with planned(db) as plans:
        summary = await reports.summary(db, ADMIN, period)
        about_agents = await reports.agents(db, ADMIN, period)

    assert min(summary.created, summary.resolved, summary.backlog) > 0
    assert len(about_agents.agents) == len(AGENTS)
    found = plans.of("tickets")
    assert {plan.by.split(",")[0] for plan in found} == {"IXSCAN { organisation_id: 1"}
    assert sum(plan.documents for plan in found) <= 2 * most, found


@pytest.mark.parametrize(
    "wanted", [TicketFilter(), TicketFilter(status=["closed"]), TicketFilter(status=["open", "pending"])], ids=str
)
async def test_an_export_is_read_a_page_at_a_time_by_an_index(db: Database, wanted: TicketFilter) -> None:
    pieces: list[bytes] = []
    async with planned(db) as plans:
        async for piece in export.as_csv(db, ADMIN, wanted):
            pieces.append(piece)
            if len(pieces) == 3:
                break

    assert [piece.count(b"\r\n") for piece in pieces] == [export.PAGE_SIZE + 1, export.PAGE_SIZE, export.PAGE_SIZE]
    for plan in plans.of("tickets"):
        assert plan.by.startswith("IXSCAN"), plan
        assert plan.documents <= export.PAGE_SIZE, plan
