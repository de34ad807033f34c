"""Reports say what counting by hand says, for any tickets, any days and any place."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from hypothesis import strategies as st

from common import clock
from common.ids import new_id
from common.mongo import Database
from common.principal import Principal
from tests.support.property_testing import for_all
from tests.support.services import Installation, build
from tickets.domain.date_range import DateRange
from tickets.reports import queries

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.soak]

AGENT = Principal(new_id(), new_id(), "agent", new_id(), "Alex Agent", clock.now())
PEOPLE = [new_id() for _ in range(3)]
AROUND = datetime.fromisoformat("2026-03-29T00:00:00Z")
"""The day on which clocks are changed in Europe."""

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Fact:
    """One ticket, as far as reports are concerned."""

    created: datetime
    answered: datetime | None
    resolved: datetime | None
    agent: UUID | None

    def document(self, organisation_id: UUID) -> dict[str, Any]:
        """As MongoDB keeps it."""
        return {
            "_id": new_id(self.created),
            "number": new_id().int % 2**60,
            "organisation_id": organisation_id,
            "created_at": self.created,
            "first_response_at": self.answered,
            "resolved_at": self.resolved,
            "status": "open" if self.resolved is None else "closed",
            "priority": "low",
            "category": None,
            "assignee": None if self.agent is None else {"id": self.agent, "name": f"Agent {self.agent}"},
            "deleted_at": None,
        }


def later(than: datetime) -> st.SearchStrategy[datetime | None]:
    """A time up to four days later, or none."""
    seconds = st.integers(0, 4 * 86_400).map(lambda each: than + timedelta(seconds=each))
    return st.none() | seconds


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    created = AROUND + timedelta(minutes=draw(st.integers(-5 * 1440, 5 * 1440)))
    return Fact(created, draw(later(created)), draw(later(created)), draw(st.none() | st.sampled_from(PEOPLE)))


@st.composite
def periods(draw: st.DrawFn) -> DateRange:
    first = date(2026, 3, 29) + draw(st.integers(-4, 3)) * DAY
    zone = draw(st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Kathmandu"]))
    return DateRange(first, first + draw(st.integers(0, 4)) * DAY, ZoneInfo(zone))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def db(shared_installation: Installation) -> AsyncIterator[Database]:
    async with build("tickets", shared_installation.settings("tickets")).prepared() as service:
        yield service.db


def on(day: date, at: datetime | None, zone: ZoneInfo) -> bool:
    return at is not None and at.astimezone(zone).date() == day


async def test_a_summary_says_what_counting_says(db: Database) -> None:
    async def holds(example: tuple[list[Fact], DateRange]) -> None:
        happened, period = example
        user = replace(AGENT, organisation_id=new_id())
        if happened:
            await db["tickets"].insert_many([each.document(user.organisation_id) for each in happened])

        report = await queries.summary(db, user, period)

        for day in report.days:
            assert day.created == sum(on(day.date, each.created, period.zone) for each in happened)
            assert day.resolved == sum(on(day.date, each.resolved, period.zone) for each in happened)
            ended = DateRange(day.date, day.date, period.zone).end
            left = [
                each for each in happened if each.created < ended and (each.resolved is None or each.resolved >= ended)
            ]
            assert day.backlog == len(left)
        came = [each for each in happened if any(on(day, each.created, period.zone) for day in period.days)]
        assert {row.agent and row.agent.id: row.tickets for row in report.by_agent} == Counter(
            each.agent for each in came
        )
        took = [(each.answered - each.created).total_seconds() for each in came if each.answered is not None]
        assert report.first_response.count == len(took)
        assert report.first_response.median_seconds == (median(took) if took else None)

    await for_all(st.tuples(st.lists(facts(), max_size=15), periods()), holds, at_most=60)


async def test_each_agent_is_told_what_counting_says(db: Database) -> None:
    async def holds(example: tuple[list[Fact], DateRange]) -> None:
        happened, period = example
        user = replace(AGENT, organisation_id=new_id())
        if happened:
            await db["tickets"].insert_many([each.document(user.organisation_id) for each in happened])

        report = {each.agent.id: each for each in (await queries.agents(db, user, period)).agents}

        for person in PEOPLE:
            theirs = [each for each in happened if each.agent == person]
            done = [
                (each.resolved - each.created).total_seconds()
                for each in theirs
                if each.resolved is not None and any(on(day, each.resolved, period.zone) for day in period.days)
            ]
            came = [each for each in theirs if any(on(day, each.created, period.zone) for day in period.days)]
            unresolved = sum(each.resolved is None for each in theirs)
            if not (done or came or unresolved):
                assert person not in report
                continue
            assert (report[person].unresolved, report[person].assigned) == (unresolved, len(came))
            assert report[person].resolution.count == len(done)
            assert report[person].resolution.median_seconds == (median(done) if done else None)

    await for_all(st.tuples(st.lists(facts(), max_size=15), periods()), holds, at_most=40)
