"""The API and the pure tables never differ, whatever people of whatever role ask of one ticket."""

from dataclasses import dataclass, replace
from typing import Any, Literal, Self, get_args

import httpx
import pytest
from hypothesis import strategies as st

from common.events import Role
from common.events.tickets import Status
from tests.support.desk import Desk
from tests.support.people import Person, make_person
from tests.support.property_testing import for_all
from tickets.domain import workflow
from tickets.domain.access import Permission, is_allowed
from tickets.domain.ticket_fields import edit_permission

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.soak]

Who = Literal["requester", "neighbour", "agent", "admin", "operator"]
ROLES: dict[Who, Role] = {
    "requester": "customer",
    "neighbour": "customer",
    "agent": "agent",
    "admin": "admin",
    "operator": "operator",
}


@dataclass(frozen=True)
class Move:
    """Somebody asks for a status; `behind` is how old the version is that they saw, None where they do not say."""

    by: Who
    to: Status
    behind: int | None


@dataclass(frozen=True)
class Edit:
    """Somebody gives a field another value, or the one it has."""

    by: Who
    field: Literal["title", "priority"]
    other: bool
    behind: int | None


@dataclass(frozen=True)
class Assign:
    """Somebody says who is to answer; `to` None is nobody."""

    by: Who
    to: Who | None
    behind: int | None


@dataclass(frozen=True)
class Reply:
    """Somebody writes."""

    by: Who
    internal: bool


@dataclass(frozen=True)
class Remove:
    """Somebody deletes, or restores."""

    by: Who
    back: bool


@dataclass(frozen=True)
class LetTimePass:
    """More of it than closed tickets are reopened in."""


Command = Move | Edit | Assign | Reply | Remove | LetTimePass
WHO = st.sampled_from([*["requester"] * 4, *["agent"] * 3, *["admin"] * 2, "neighbour", "operator"])
"""Most often those from whom it depends on the ticket what they may."""
BEHIND = st.sampled_from([None, 0, 0, 1])
COMMANDS = st.one_of(
    st.builds(Move, WHO, st.sampled_from(get_args(Status)), BEHIND),
    st.builds(Move, WHO, st.sampled_from(["closed", "open"]), st.none()),
    st.builds(Edit, WHO, st.sampled_from(["title", "priority"]), st.booleans(), BEHIND),
    st.builds(Assign, WHO, st.sampled_from([None, "agent", "admin", "requester"]), BEHIND),
    st.builds(Reply, WHO, st.booleans()),
    st.builds(Remove, st.sampled_from(["admin", "admin", "agent", "requester"]), st.booleans()),
    st.builds(LetTimePass),
)


@dataclass(frozen=True)
class Model:
    """What must be true of the ticket; `answered` is the status of the last answer and the code of its problem."""

    status: Status = "new"
    version: int = 1
    assignee: Who | None = None
    deleted: bool = False
    closed_for_long: bool = False
    follow_ups: int = 0
    events: tuple[str, ...] = ("ticket.created",)
    answered: tuple[int, str | None] = (201, None)

    def after(self, command: Command) -> Self:
        """By the tables alone."""
        if isinstance(command, LetTimePass):
            return replace(self, closed_for_long=self.status == "closed", answered=(200, None))
        role = ROLES[command.by]
        if (needed := _needed_for(command)) is not None and not is_allowed(role, needed):
            return self._refused(403, "forbidden")
        if isinstance(command, Remove) and command.back:
            return self._changed("ticket.restored", deleted=False) if self.deleted else self._unchanged()
        if self.deleted or not (is_allowed(role, Permission.SEE_ALL) or command.by == "requester"):
            return self._refused(404, "not_found")
        if not isinstance(command, Reply | Remove) and command.behind:
            return self._refused(412, "precondition_failed")
        match command:
            case Remove():
                return self._changed("ticket.deleted", deleted=True, answered=(204, None))
            case Reply():
                return self._after_reply(command, role)
            case Assign(to=to):
                return self._after_assignment(to)
            case Edit(field=field, other=other):
                return self._after_edit(field, other, role)
            case Move(to=to):
                return self._after_move(to, role)

    def _after_reply(self, reply: Reply, role: Role) -> Self:
        written = (201, None)
        if reply.internal:
            return replace(self, events=(*self.events, "message.posted"), answered=written)
        staff = role in ("agent", "admin")
        if self.closed_for_long and not staff:
            return replace(self, follow_ups=1, answered=written)
        posted = self._changed("message.posted", answered=written)
        return posted._moved_on(workflow.status_after_reply(self.status, by_staff=staff))

    def _after_assignment(self, to: Who | None) -> Self:
        if to == "requester":
            return self._refused(422, "invalid")
        if to == self.assignee:
            return self._unchanged()
        if to is None:
            return self._changed("ticket.unassigned", assignee=None)
        assigned = self._changed("ticket.assigned", assignee=to)
        return assigned._moved_on(workflow.status_after_assignment(self.status))

    def _after_edit(self, field: str, other: bool, role: Role) -> Self:
        if not other:
            return self._unchanged()
        if not is_allowed(role, edit_permission(field)):
            return self._refused(403, "forbidden")
        if self.status == "closed" and field == "title":
            return self._refused(409, "ticket_closed")
        return self._changed("ticket.edited")

    def _after_move(self, to: Status, role: Role) -> Self:
        if to == self.status:
            return self._unchanged()
        if not is_allowed(role, Permission.CHANGE_STATUS) and not workflow.customer_may_request(self.status, to):
            return self._refused(403, "forbidden")
        if not is_allowed(role, Permission.CHANGE_STATUS) and self.closed_for_long and to == "open":
            return self._refused(409, "reopen_window_over")
        if not workflow.is_transition(self.status, to):
            return self._refused(409, "illegal_transition")
        return self._changed()._moved_on(to)

    def _moved_on(self, to: Status) -> Self:
        """With the change that was just made: one more event, and no further version."""
        if to == self.status:
            return self
        return replace(self, status=to, closed_for_long=False, events=(*self.events, "ticket.status_changed"))

    def _changed(self, *events: str, answered: tuple[int, str | None] = (200, None), **fields: Any) -> Self:
        version, events = self.version + 1, (*self.events, *events)
        return replace(self, version=version, events=events, answered=answered, **fields)

    def _unchanged(self) -> Self:
        return replace(self, answered=(200, None))

    def _refused(self, status: int, code: str) -> Self:
        return replace(self, answered=(status, code))


def _needed_for(command: Command) -> Permission | None:
    """What one must be allowed to whatever the ticket."""
    match command:
        case Reply(internal=True):
            return Permission.ACCESS_NOTES
        case Assign():
            return Permission.ASSIGN
        case Remove():
            return Permission.DELETE
    return None


async def test_status_version_events_and_error_are_always_what_the_tables_say(desk: Desk) -> None:
    people: dict[Who, Person] = {"requester": desk.customer, "agent": desk.agent}
    for who in ("neighbour", "admin", "operator"):
        people[who] = await make_person(desk.auth, ROLES[who], f"Some {who}", desk.organisation)
    await desk.knows(*people.values())

    async def played(commands: list[Command]) -> None:
        ticket = await desk.ticket()
        model = Model()
        for command in commands:
            answered = await _answered(desk, ticket, people, command, model.version)
            model = model.after(command)
            now = await _as_it_is(desk, ticket, people)
            assert replace(model, answered=answered, **now) == model, command
        events = await desk.logged_events(ticket, length=len(model.events))
        assert tuple(event.action for event in events) == model.events
        assert [event.sequence for event in events] == list(range(1, len(events) + 1))

    await for_all(st.lists(COMMANDS, min_size=8, max_size=16), played, at_most=30)


async def _as_it_is(desk: Desk, ticket: dict[str, Any], people: dict[Who, Person]) -> dict[str, Any]:
    stored = await desk.stored(ticket)
    names = {person.id: who for who, person in people.items()}
    return {
        "status": stored["status"],
        "version": stored["version"],
        "assignee": stored["assignee"] and names[stored["assignee"]["id"]],
        "deleted": stored["deleted_at"] is not None,
        "follow_ups": await desk.tickets.db["tickets"].count_documents({"follow_up_of": stored["_id"]}),
    }


async def _answered(
    desk: Desk, ticket: dict[str, Any], people: dict[Who, Person], command: Command, version: int
) -> tuple[int, str | None]:
    if isinstance(command, LetTimePass):
        await desk.let_time_pass(ticket, days=15)
        return 200, None
    answer = await _asked(desk, ticket, people, command, version)
    return answer.status_code, None if answer.is_success else answer.json()["code"]


async def _asked(
    desk: Desk, ticket: dict[str, Any], people: dict[Who, Person], command: Command, version: int
) -> httpx.Response:
    by = people[command.by]  # type: ignore[union-attr]  # time passes by itself
    behind = getattr(command, "behind", None)
    seen = None if behind is None else f'"{version - behind}"'
    match command:
        case Move(to=to):
            return await desk.move(by, ticket, to, if_match=seen)
        case Edit(field=field, other=other):
            stored = await desk.stored(ticket)
            value = stored[field]
            if other:
                value = {"title": f"Printer {stored['sequence']}", "priority": _another(value)}[field]
            return await desk.change(by, ticket, if_match=seen, **{field: value})
        case Assign(to=to) if to is not None:
            return await desk.assign(by, ticket, people[to], if_match=seen)
        case Assign():
            return await desk.unassign(by, ticket, if_match=seen)
        case Reply(internal=internal):
            return await desk.write(by, ticket, visibility="internal" if internal else "public")
        case Remove(back=True):
            return await desk.restore(by, ticket)
        case _:
            return await desk.delete(by, ticket)


def _another(priority: str) -> str:
    return "low" if priority == "urgent" else "urgent"
