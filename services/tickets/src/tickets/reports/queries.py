"""Reports, counted from the tickets when they are requested (docs/decisions/0015)."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args
from uuid import UUID

from common.events.tickets import Priority, Status
from common.http.schemas import PersonRefView
from common.mongo import Database
from common.principal import Principal
from tickets.domain.date_range import DateRange
from tickets.domain.percentiles import MEDIAN, NINETIETH, percentile
from tickets.people import People
from tickets.reports.schemas import AgentCount, AgentsView, AgentView, CategoryCount, DayView, Durations, SummaryView
from tickets.reports.snapshot import Row, count_by, durations, open_snapshot

NO_DURATIONS = Durations(count=0, median_seconds=None, p90_seconds=None)
BY_AGENT = count_by("$assignee.id", name={"$first": "$assignee.name"})


async def summary(db: Database, user: Principal, days: DateRange) -> SummaryView:
    async with open_snapshot(db, user) as snapshot:
        created = await snapshot.rows(
            snapshot.created(days.start, days.end),
            days=count_by(days.day_index("$created_at")),
            statuses=count_by("$status"),
            priorities=count_by("$priority"),
            categories=count_by("$category"),
            agents=BY_AGENT,
            first_response=durations("first_response_at"),
        )
        resolved = await snapshot.rows(
            snapshot.resolved(days.start, days.end),
            days=count_by(days.day_index("$resolved_at")),
            resolution=durations("resolved_at"),
        )
        by_day = _by_day(days, _counts(created["days"]), _counts(resolved["days"]), await snapshot.backlog(days.end))
    return SummaryView(
        first=days.first,
        last=days.last,
        timezone=days.zone.key,
        created=sum(day.created for day in by_day),
        resolved=sum(day.resolved for day in by_day),
        backlog=by_day[-1].backlog,
        days=by_day,
        by_status=dict.fromkeys(get_args(Status), 0) | _counts(created["statuses"]),
        by_priority=dict.fromkeys(get_args(Priority), 0) | _counts(created["priorities"]),
        by_category=[
            CategoryCount(category=row["_id"], tickets=row["count"]) for row in _sorted(created["categories"])
        ],
        by_agent=[AgentCount(agent=_person(row), tickets=row["count"]) for row in _sorted(created["agents"])],
        first_response=_durations(created["first_response"]),
        resolution=_durations(resolved["resolution"]),
    )


async def agents(db: Database, user: Principal, days: DateRange) -> AgentsView:
    async with open_snapshot(db, user) as snapshot:
        unresolved = await snapshot.rows(snapshot.unresolved.assigned, agents=BY_AGENT)
        created = await snapshot.rows(
            snapshot.created(days.start, days.end).assigned,
            agents=BY_AGENT,
            first_response=durations("first_response_at", by="$assignee.id"),
        )
        resolved = await snapshot.rows(
            snapshot.resolved(days.start, days.end).assigned,
            agents=BY_AGENT,
            resolution=durations("resolved_at", by="$assignee.id"),
        )
    names = {row["_id"]: row["name"] for each in (unresolved, created, resolved) for row in each["agents"]}
    states = await People(db).states(names.keys(), user.organisation_id)
    unresolved_counts, assigned_counts = _counts(unresolved["agents"]), _counts(created["agents"])
    first_response, resolution = _by_agent(created["first_response"]), _by_agent(resolved["resolution"])
    return AgentsView(
        first=days.first,
        last=days.last,
        timezone=days.zone.key,
        agents=[
            AgentView(
                agent=PersonRefView(id=id_, name=name),
                active=states[id_].is_active_staff,
                unresolved=unresolved_counts.get(id_, 0),
                assigned=assigned_counts.get(id_, 0),
                first_response=first_response.get(id_, NO_DURATIONS),
                resolution=resolution.get(id_, NO_DURATIONS),
            )
            for id_, name in sorted(names.items(), key=lambda person: (person[1].casefold(), person[0]))
        ],
    )


def _by_day(days: DateRange, created: Mapping[int, int], resolved: Mapping[int, int], backlog: int) -> list[DayView]:
    """`backlog` is the one at the end of the last day; the others follow from it backwards."""
    views: list[DayView] = []
    for index, day in reversed(list(enumerate(days.days))):
        view = DayView(date=day, created=created.get(index, 0), resolved=resolved.get(index, 0), backlog=backlog)
        views.append(view)
        backlog += view.resolved - view.created
    return views[::-1]


def _durations(rows: Sequence[Row]) -> Durations:
    if not rows:
        return NO_DURATIONS
    total: int = rows[0]["total"]
    seconds = {row["rank"]: row["milliseconds"] / 1000 for row in rows}
    median, ninetieth = (round(percentile(tenths, total, seconds), 3) for tenths in (MEDIAN, NINETIETH))
    return Durations(count=total, median_seconds=median, p90_seconds=ninetieth)


def _by_agent(rows: Sequence[Row]) -> dict[UUID, Durations]:
    grouped: dict[UUID, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row["by"], []).append(row)
    return {id_: _durations(group) for id_, group in grouped.items()}


def _counts(rows: Sequence[Row]) -> dict[Any, int]:
    return {row["_id"]: row["count"] for row in rows}


def _sorted(rows: Sequence[Row]) -> list[Row]:
    """Highest count first."""
    return sorted(rows, key=lambda row: (-row["count"], str(row.get("name", row["_id"]) or "")))


def _person(row: Row) -> PersonRefView | None:
    return None if row["_id"] is None else PersonRefView(id=row["_id"], name=row["name"])
