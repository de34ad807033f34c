"""Moving tickets through the workflow: who may, from where to where, and from which version."""

import asyncio

import pytest

from common.events.tickets import TicketStatusChanged
from tests.support.desk import Desk, for_everybody, ok, problem
from tests.support.people import make_person

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_agent_moves_a_ticket_along_and_each_step_is_a_version(desk: Desk) -> None:
    ticket = await desk.ticket()

    for version, status in enumerate(("open", "in_progress", "pending", "resolved", "open", "closed"), start=2):
        answer = await desk.move(desk.agent, ticket, status)
        moved = ok(answer)
        assert (moved["status"], moved["version"]) == (status, version)
        assert answer.headers["ETag"] == f'"{version}"'


async def test_an_admin_may_what_an_agent_may(desk: Desk) -> None:
    admin = await make_person(desk.auth, "admin", "Ada Admin", desk.organisation)
    ticket = await desk.ticket()

    assert (await desk.change_status(admin, ticket, "in_progress"))["status"] == "in_progress"


async def test_resolving_and_closing_say_when_and_reopening_takes_it_back(desk: Desk) -> None:
    ticket = await desk.ticket()

    resolved = await desk.change_status(desk.agent, ticket, "resolved")
    reopened = await desk.change_status(desk.agent, ticket, "open")
    closed = await desk.change_status(desk.agent, ticket, "closed")

    assert resolved["resolved_at"] == resolved["updated_at"]
    assert reopened["resolved_at"] is None
    assert closed["resolved_at"] == closed["updated_at"]


@pytest.mark.parametrize("path", [("resolved",), ("closed",), ("resolved", "open"), ("closed", "open")])
async def test_a_customer_resolves_closes_and_reopens_an_own_ticket(desk: Desk, path: tuple[str, ...]) -> None:
    ticket = await desk.ticket(desk.customer)

    assert (await desk.change_status(desk.customer, ticket, *path))["status"] == path[-1]


@pytest.mark.parametrize(
    ("present", "wanted"),
    [
        ("new", "open"),
        ("new", "in_progress"),
        ("new", "pending"),
        ("new", "merged"),
        ("open", "in_progress"),
        ("open", "new"),
        ("in_progress", "open"),
        ("pending", "open"),
        ("pending", "in_progress"),
        ("resolved", "pending"),
    ],
)
async def test_a_customer_can_do_nothing_else_with_an_own_ticket(desk: Desk, present: str, wanted: str) -> None:
    ticket = await desk.ticket(desk.customer)
    if present != "new":
        ticket = await desk.change_status(desk.agent, ticket, present)

    problem(await desk.move(desk.customer, ticket, wanted), 403, "forbidden")
    assert for_everybody(await desk.get(desk.customer, ticket)) == for_everybody(ticket)


@pytest.mark.parametrize(
    ("path", "wanted", "allowed"),
    [
        ((), "new", None),
        ((), "merged", ["open", "in_progress", "pending", "resolved", "closed"]),
        (("open",), "new", ["in_progress", "pending", "resolved", "closed"]),
        (("resolved",), "pending", ["open", "closed"]),
        (("closed",), "resolved", ["open"]),
    ],
)
async def test_a_way_the_workflow_does_not_have_is_refused_with_those_it_has(
    desk: Desk, path: tuple[str, ...], wanted: str, allowed: list[str] | None
) -> None:
    ticket = await desk.change_status(desk.agent, await desk.ticket(), *path)

    answer = await desk.move(desk.agent, ticket, wanted)

    if allowed is None:
        assert for_everybody(ok(answer)) == for_everybody(ticket)
    else:
        body = problem(answer, 409, "illegal_transition")
        assert (body["before"], body["after"], body["allowed"]) == (ticket["status"], wanted, allowed)
        assert for_everybody(await desk.get(desk.agent, ticket)) == for_everybody(ticket)


async def test_a_customer_hears_the_same_of_a_closed_ticket_that_is_to_be_resolved(desk: Desk) -> None:
    ticket = await desk.change_status(desk.customer, await desk.ticket(), "closed")

    body = problem(await desk.move(desk.customer, ticket, "resolved"), 409, "illegal_transition")

    assert body["allowed"] == ["open"]


async def test_the_present_status_again_changes_nothing_and_is_no_event(desk: Desk) -> None:
    ticket = await desk.change_status(desk.agent, await desk.ticket(), "pending")

    assert for_everybody(ok(await desk.move(desk.agent, ticket, "pending"))) == for_everybody(ticket)
    assert for_everybody(ok(await desk.move(desk.customer, ticket, "pending"))) == for_everybody(ticket)
    assert for_everybody(ok(await desk.ask(desk.agent, "PATCH", f"/{ticket['id']}", json={}))) == for_everybody(ticket)
    await desk.change_status(desk.agent, ticket, "open")
    assert [event.action for event in await desk.logged_events(ticket, length=3)] == [
        "ticket.created",
        "ticket.status_changed",
        "ticket.status_changed",
    ]


async def test_each_move_is_an_event_with_who_and_from_where_to_where(desk: Desk) -> None:
    ticket = await desk.change_status(desk.customer, await desk.ticket(), "resolved", "open")

    _, resolved, reopened = await desk.logged_events(ticket, length=3)

    said = TicketStatusChanged.model_validate(resolved.data)
    assert (said.before, said.after, said.ticket.status) == ("new", "resolved", "resolved")
    assert resolved.actor is not None
    assert (resolved.actor.id, resolved.actor.role) == (desk.customer.id, "customer")
    assert (resolved.sequence, reopened.sequence) == (2, 3)
    assert resolved.organisation_id == desk.customer.organisation_id


async def test_a_change_meant_for_an_older_version_is_refused_and_the_newer_one_stays(desk: Desk) -> None:
    ticket = await desk.ticket()
    seen = await desk.tickets.http.get(f"/api/v1/tickets/{ticket['id']}", headers=desk.agent.headers)
    newer = await desk.change_status(desk.agent, ticket, "open")

    stale = await desk.move(desk.agent, ticket, "closed", if_match=seen.headers["ETag"])

    assert problem(stale, 412, "precondition_failed")["version"] == 2
    assert for_everybody(await desk.get(desk.agent, ticket)) == for_everybody(newer)
    ok(await desk.move(desk.agent, ticket, "closed", if_match='"2"'))


@pytest.mark.parametrize("etag", ["*", 'W/"1"', ' "1" '])
async def test_other_spellings_of_the_version_seen_are_understood(desk: Desk, etag: str) -> None:
    ticket = await desk.ticket()

    ok(await desk.move(desk.agent, ticket, "open", if_match=etag))


@pytest.mark.parametrize("etag", ["1", '"one"', '"1", "2"', '""', '"-1"', f'"{"9" * 98}"'])
async def test_an_if_match_that_is_no_version_is_malformed(desk: Desk, etag: str) -> None:
    ticket = await desk.ticket()

    problem(await desk.move(desk.agent, ticket, "open", if_match=etag), 400, "malformed_if_match")


async def test_of_two_agents_who_saw_the_same_version_only_one_moves_it(desk: Desk) -> None:
    for _ in range(5):
        ticket = await desk.ticket()
        answers = await asyncio.gather(
            *(desk.move(desk.agent, ticket, status, if_match='"1"') for status in ("open", "pending", "closed"))
        )

        assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
        assert (await desk.get(desk.agent, ticket))["version"] == 2


async def test_moves_at_once_are_applied_one_after_another_and_none_is_lost(desk: Desk) -> None:
    ticket = await desk.change_status(desk.agent, await desk.ticket(), "open")

    answers = await asyncio.gather(
        *(desk.move(desk.agent, ticket, status) for status in ("pending", "in_progress") * 8)
    )

    assert {answer.status_code for answer in answers} == {200}
    last = await desk.get(desk.agent, ticket)
    events = await desk.logged_events(ticket, length=last["version"])
    changes = [TicketStatusChanged.model_validate(event.data) for event in events[1:]]
    assert [event.sequence for event in events] == list(range(1, last["version"] + 1))
    assert [change.before for change in changes[1:]] == [change.after for change in changes[:-1]]
    assert changes[-1].after == last["status"]


@pytest.mark.parametrize("body", [{"status": "lost"}, {"state": "open"}, {"version": 7}])
async def test_a_wrong_or_unknown_field_changes_nothing(desk: Desk, body: dict[str, object]) -> None:
    ticket = await desk.ticket()

    problem(await desk.ask(desk.agent, "PATCH", f"/{ticket['id']}", json=body), 422, "invalid")
    assert for_everybody(await desk.get(desk.agent, ticket)) == for_everybody(ticket)
