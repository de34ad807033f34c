"""How much there was to do, how much was done, and how fast."""

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from common import clock
from common.ids import new_id
from tests.support.desk import Desk, ok, problem
from tests.support.people import Person, another_organisation, make_agent, make_person

pytestmark = pytest.mark.asyncio(loop_scope="module")

MAY = {"from": "2026-05-01", "to": "2026-05-03"}
FIRST_OF_MAY = datetime.fromisoformat("2026-05-01T00:00:00Z")


async def report(desk: Desk, by: Person, kind: str = "summary", **query: Any) -> dict[str, Any]:
    """A report, of three days in May unless it says otherwise."""
    return ok(await desk.call(by, "GET", f"/reports/{kind}", params=MAY | query))


async def ticket(
    desk: Desk,
    created: timedelta,
    *,
    answered: timedelta | None = None,
    resolved: timedelta | None = None,
    assignee: Person | None = None,
    **fields: Any,
) -> UUID:
    """A ticket with these times, counted from the first of May; answered and resolved so long after it was created."""
    found = await desk.ticket(**{name: fields[name] for name in fields if name in ("priority", "category")})
    stored = await desk.tickets.db["tickets"].find_one_and_delete({"_id": UUID(found["id"])})
    assert stored is not None
    at = FIRST_OF_MAY + created
    stored |= {
        "_id": new_id(at),
        "created_at": at,
        "status": fields.get("status", "new" if resolved is None else "resolved"),
        "first_response_at": None if answered is None else at + answered,
        "resolved_at": None if resolved is None else at + resolved,
        "escalated_at": at,
        "assignee": None if assignee is None else {"id": assignee.id, "name": assignee.name},
        "deleted_at": fields.get("deleted_at"),
        "outbox": [],
    }
    await desk.tickets.db["tickets"].insert_one(stored)
    id_: UUID = stored["_id"]
    return id_


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def test_each_day_tells_what_came_what_was_resolved_and_what_was_left(desk: Desk) -> None:
    await ticket(desk, -DAY)
    await ticket(desk, -DAY, resolved=DAY + HOUR)  # on the first
    await ticket(desk, HOUR)
    await ticket(desk, DAY, resolved=HOUR)
    await ticket(desk, 2 * DAY, resolved=5 * DAY)  # after all of it
    await ticket(desk, -DAY, resolved=HOUR)  # before all of it
    await ticket(desk, 4 * DAY)

    found = await report(desk, desk.agent)

    assert found["days"] == [
        {"date": "2026-05-01", "created": 1, "resolved": 1, "backlog": 2},
        {"date": "2026-05-02", "created": 1, "resolved": 1, "backlog": 2},
        {"date": "2026-05-03", "created": 1, "resolved": 0, "backlog": 3},
    ]
    assert (found["from"], found["to"], found["timezone"]) == ("2026-05-01", "2026-05-03", "UTC")
    assert (found["created"], found["resolved"], found["backlog"]) == (3, 2, 3)


async def test_what_came_is_told_by_how_it_is_now(desk: Desk) -> None:
    other = await make_agent(desk.auth, "Olive Other", desk.organisation)
    await ticket(desk, HOUR, assignee=desk.agent, priority="high", category="printers", status="open")
    await ticket(desk, HOUR, assignee=desk.agent, category="printers", status="closed", resolved=HOUR)
    await ticket(desk, HOUR, assignee=other)
    await ticket(desk, HOUR)
    await ticket(desk, -HOUR, priority="urgent", category="phones")

    found = await report(desk, desk.agent)

    assert {name: count for name, count in found["by_status"].items() if count} == {"open": 1, "closed": 1, "new": 2}
    assert set(found["by_status"]) > {"pending", "merged"}
    assert found["by_priority"] == {"low": 0, "normal": 3, "high": 1, "urgent": 0}
    assert found["by_category"] == [{"category": None, "tickets": 2}, {"category": "printers", "tickets": 2}]
    assert found["by_agent"] == [
        {"agent": {"id": str(desk.agent.id), "name": desk.agent.name}, "tickets": 2},
        {"agent": None, "tickets": 1},
        {"agent": {"id": str(other.id), "name": other.name}, "tickets": 1},
    ]


async def test_durations_are_of_what_was_answered_and_of_what_was_resolved(desk: Desk) -> None:
    for minutes in (10, 20, 30, 60):
        await ticket(desk, HOUR, answered=timedelta(minutes=minutes))
    await ticket(desk, HOUR)
    await ticket(desk, -2 * DAY, answered=HOUR, resolved=2 * DAY + HOUR)

    found = await report(desk, desk.agent)

    assert found["first_response"] == {"count": 4, "median_seconds": 1500, "p90_seconds": 3060}
    assert found["resolution"] == {"count": 1, "median_seconds": 49 * 3600, "p90_seconds": 49 * 3600}


async def test_where_nothing_happened_there_is_nothing_to_tell(desk: Desk) -> None:
    found = await report(desk, desk.agent)

    assert {day["backlog"] for day in found["days"]} == {0}
    nothing = {"count": 0, "median_seconds": None, "p90_seconds": None}
    assert (found["first_response"], found["resolution"]) == (nothing, nothing)
    assert (found["by_category"], found["by_agent"]) == ([], [])
    assert (await report(desk, desk.agent, "agents"))["agents"] == []


async def test_a_day_is_a_day_of_the_place_that_is_named(desk: Desk) -> None:
    await ticket(desk, -HOUR, resolved=2 * HOUR)  # 23:00 in UTC, 01:00 in Berlin

    in_utc = await report(desk, desk.agent)
    in_berlin = await report(desk, desk.agent, timezone="Europe/Berlin")

    assert [day["created"] for day in in_utc["days"]] == [0, 0, 0]
    assert [day["created"] for day in in_berlin["days"]] == [1, 0, 0]
    assert [day["resolved"] for day in in_utc["days"]] == [1, 0, 0]


async def test_a_deleted_ticket_is_in_no_report(desk: Desk) -> None:
    await ticket(desk, HOUR, resolved=HOUR, assignee=desk.agent, deleted_at=clock.now())
    await ticket(desk, -DAY, deleted_at=clock.now())

    found = await report(desk, desk.agent)

    assert (found["created"], found["resolved"], found["backlog"], found["by_agent"]) == (0, 0, 0, [])
    assert (await report(desk, desk.agent, "agents"))["agents"] == []


async def test_a_day_that_is_not_over_is_told_as_far_as_it_is(desk: Desk) -> None:
    await desk.change_status(desk.agent, await desk.ticket(), "resolved")
    await desk.ticket()

    found = ok(await desk.call(desk.agent, "GET", "/reports/summary"))

    assert len(found["days"]) == 30
    assert found["days"][-1] == {"date": clock.now().date().isoformat(), "created": 2, "resolved": 1, "backlog": 1}


async def test_agents_are_told_one_by_one(desk: Desk) -> None:
    other = await make_agent(desk.auth, "Olive Other", desk.organisation)
    for hours in (1, 3):
        await ticket(desk, HOUR, assignee=desk.agent, answered=HOUR, resolved=hours * HOUR)
    await ticket(desk, HOUR, assignee=desk.agent)
    await ticket(desk, -9 * DAY, assignee=other)
    await ticket(desk, HOUR)

    alex, olive = (await report(desk, desk.agent, "agents"))["agents"]

    assert (alex["agent"]["id"], alex["unresolved"], alex["assigned"]) == (str(desk.agent.id), 1, 3)
    assert alex["first_response"] == {"count": 2, "median_seconds": 3600, "p90_seconds": 3600}
    assert alex["resolution"] == {"count": 2, "median_seconds": 7200, "p90_seconds": 10080}
    assert (olive["agent"]["name"], olive["unresolved"], olive["assigned"]) == ("Olive Other", 1, 0)
    assert (olive["first_response"]["count"], olive["resolution"]["count"]) == (0, 0)


async def test_an_agent_who_left_is_marked_as_such(desk: Desk) -> None:
    gone = await desk.joined_by("agent", "Gil Gone")
    for agent in (desk.agent, gone):
        await ticket(desk, HOUR, assignee=agent, resolved=HOUR, status="closed")
    await desk.tickets.db["people"].update_one({"_id": gone.id}, {"$set": {"active": False}})

    agents = (await report(desk, desk.agent, "agents"))["agents"]

    assert [(each["agent"]["name"], each["active"]) for each in agents] == [
        (desk.agent.name, True),
        ("Gil Gone", False),
    ]


@pytest.mark.parametrize("kind", ["summary", "agents"])
async def test_a_report_can_be_opened_in_a_spreadsheet(desk: Desk, kind: str) -> None:
    sly = await make_agent(desk.auth, "=Sly Agent", desk.organisation)
    await ticket(desk, HOUR, assignee=sly, resolved=HOUR)

    answer = await desk.call(desk.agent, "GET", f"/reports/{kind}", params={**MAY, "format": "csv"})

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    name = f"{kind}-2026-05-01-2026-05-03.csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    (row,) = [row for row in rows if row["name"] == "'=Sly Agent"]
    assert row["id"] == str(sly.id)
    if kind == "summary":
        days = [(row["name"], row["created"], row["backlog"]) for row in rows if row["section"] == "day"]
        assert days == [("2026-05-01", "1", "0"), ("2026-05-02", "0", "0"), ("2026-05-03", "0", "0")]
        assert [row["median_seconds"] for row in rows if row["section"] == "resolution"] == ["3600.0"]
    else:
        assert (row["assigned"], row["resolution_count"], row["resolution_p90_seconds"]) == ("1", "1", "3600.0")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"from": "2025-05-01"}, "to"),
        ({"from": "2026-05-04"}, "from"),
        ({"from": "yesterday"}, "from"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"format": "pdf"}, "format"),
    ],
)
async def test_a_report_that_makes_no_sense_is_refused(desk: Desk, wrong: dict[str, str], field: str) -> None:
    for kind in ("summary", "agents"):
        answer = await desk.call(desk.agent, "GET", f"/reports/{kind}", params=MAY | wrong)
        assert [each["field"] for each in problem(answer, 422, "invalid")["errors"]] == [field]


async def test_a_whole_leap_year_is_one_report(desk: Desk) -> None:
    found = await report(desk, desk.agent, **{"from": "2024-01-01", "to": "2024-12-31"})

    assert len(found["days"]) == 366
    assert date.fromisoformat(found["days"][59]["date"]) == date(2024, 2, 29)


async def test_reports_are_for_agents_and_admins_of_the_organisation(desk: Desk) -> None:
    await ticket(desk, HOUR, assignee=desk.agent)
    admin = await make_person(desk.auth, "admin", "Ada Admin", desk.organisation)
    stranger = await make_agent(desk.auth, "Sam Stranger", await another_organisation())

    assert (await report(desk, admin))["created"] == 1
    assert (await report(desk, stranger))["created"] == 0
    assert (await report(desk, stranger, "agents"))["agents"] == []
    for kind in ("summary", "agents"):
        problem(await desk.call(desk.customer, "GET", f"/reports/{kind}"), 403, "forbidden")
        problem(await desk.tickets.http.get(f"/api/v1/reports/{kind}"), 401, "unauthenticated")
