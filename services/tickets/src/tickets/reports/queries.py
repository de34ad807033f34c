"""Reports, counted from the tickets as they are (docs/decisions/0015)."""

from collections.abc import Sequence
from typing import Any, get_args
from uuid import UUID

from common.events.tickets import Priority, Status
from common.mongo import Database
from common.principal import Principal
from tickets.reports.moment import Row, counted, this_moment, took
from tickets.reports.percentiles import MEDIAN, NINETIETH, percentile
from tickets.reports.period import Period
from tickets.reports.schemas import AgentCount, AgentsView, AgentView, CategoryCount, DayView, Durations, SummaryView
from tickets.ticket.schemas import Person

NOTHING = Durations(count=0, median_seconds=None, p90_seconds=None)
BY_AGENT = counted("$assignee.id", name={"$first": "$assignee.name"})


async def summary(db: Database, user: Principal, period: Period) -> SummaryView:
    """What came in and what was done."""
    start, end = period.start, period.end
    async with this_moment(db, user) as moment:
        came = await moment.rows(
            moment.created(start, end),
            days=counted(period.number_of_day("$created_at")),
            statuses=counted("$status"),
            priorities=counted("$priority"),
            categories=counted("$category"),
            agents=BY_AGENT,
            first_response=took("first_response_at"),
        )
        went = await moment.rows(
            moment.resolved(start, end),
            days=counted(period.number_of_day("$resolved_at")),
            resolution=took("resolved_at"),
        )
        days = _days(period, came["days"], went["days"], await moment.backlog(end))
    return SummaryView(
        first=period.first,
        last=period.last,
        timezone=period.zone.key,
        created=sum(day.created for day in days),
        resolved=sum(day.resolved for day in days),
        backlog=days[-1].backlog,
        days=days,
        by_status=dict.fromkeys(get_args(Status), 0) | _counts(came["statuses"]),
        by_priority=dict.fromkeys(get_args(Priority), 0) | _counts(came["priorities"]),
        by_category=[CategoryCount(category=row["_id"], tickets=row["count"]) for row in _sorted(came["categories"])],
        by_agent=[AgentCount(agent=_person(row), tickets=row["count"]) for row in _sorted(came["agents"])],
        first_response=_durations(came["first_response"]),
        resolution=_durations(went["resolution"]),
    )


async def agents(db: Database, user: Principal, period: Period) -> AgentsView:
    """Who had how much to do, and did it how fast."""
    start, end = period.start, period.end
    async with this_moment(db, user) as moment:
        now = await moment.rows(moment.unresolved.with_agent, agents=BY_AGENT)
        came = await moment.rows(
            moment.created(start, end).with_agent,
            agents=BY_AGENT,
            first_response=took("first_response_at", by="$assignee.id"),
        )
        went = await moment.rows(
            moment.resolved(start, end).with_agent,
            agents=BY_AGENT,
            resolution=took("resolved_at", by="$assignee.id"),
        )
    people = {row["_id"]: row["name"] for each in (now, came, went) for row in each["agents"]}
    unresolved, assigned = _counts(now["agents"]), _counts(came["agents"])
    first_response, resolution = _by_agent(came["first_response"]), _by_agent(went["resolution"])
    return AgentsView(
        first=period.first,
        last=period.last,
        timezone=period.zone.key,
        agents=[
            AgentView(
                agent=Person(id=id_, name=name),
                unresolved=unresolved.get(id_, 0),
                assigned=assigned.get(id_, 0),
                first_response=first_response.get(id_, NOTHING),
                resolution=resolution.get(id_, NOTHING),
            )
            for id_, name in sorted(people.items(), key=lambda person: (person[1].casefold(), person[0]))
        ],
    )


def _days(period: Period, created: Sequence[Row], resolved: Sequence[Row], backlog: int) -> list[DayView]:
    """`backlog` is that of the last day's end; each day's follows from the day after."""
    came, went = _counts(created), _counts(resolved)
    days: list[DayView] = []
    for number, day in reversed(list(enumerate(period.days))):
        view = DayView(date=day, created=came.get(number, 0), resolved=went.get(number, 0), backlog=backlog)
        days.append(view)
        backlog += view.resolved - view.created
    return days[::-1]


def _durations(rows: Sequence[Row]) -> Durations:
    if not rows:
        return NOTHING
    total: int = rows[0]["total"]
    seconds = {row["place"]: row["milliseconds"] / 1000 for row in rows}
    median, ninetieth = (round(percentile(tenths, total, seconds), 3) for tenths in (MEDIAN, NINETIETH))
    return Durations(count=total, median_seconds=median, p90_seconds=ninetieth)


def _by_agent(rows: Sequence[Row]) -> dict[UUID, Durations]:
    of: dict[UUID, list[Row]] = {}
    for row in rows:
        of.setdefault(row["by"], []).append(row)
    return {id_: _durations(theirs) for id_, theirs in of.items()}


def _counts(rows: Sequence[Row]) -> dict[Any, int]:
    return {row["_id"]: row["count"] for row in rows}


def _sorted(rows: Sequence[Row]) -> list[Row]:
    """Most first."""
    return sorted(rows, key=lambda row: (-row["count"], str(row.get("name", row["_id"]) or "")))


def _person(row: Row) -> Person | None:
    return None if row["_id"] is None else Person(id=row["_id"], name=row["name"])
