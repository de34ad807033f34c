"""The API and the pure tables never differ, whatever people of whatever role ask of one ticket."""

from dataclasses import dataclass
from typing import Any, Literal, Self

import httpx
import pytest
from hypothesis import strategies as st

from common.events import Role
from common.events.tickets import Status
from tests.support.desk import Desk
from tests.support.examples import for_all
from tests.support.people import Person, make_person
from tickets import workflow
from tickets.access import May, may

pytestmark = pytest.mark.asyncio(loop_scope="module")

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
class Reply:
    """Somebody writes."""

    by: Who
    internal: bool


Command = Move | Reply
WHO = st.sampled_from([*["requester"] * 4, *["agent"] * 3, "admin", "neighbour", "operator"])
"""Most often those from whom it depends on the ticket what they may."""
COMMANDS = st.one_of(
    st.builds(Move, WHO, st.sampled_from(sorted(workflow.TRANSITIONS)), st.sampled_from([None, 0, 0, 1])),
    st.builds(Reply, WHO, st.booleans()),
)


@dataclass(frozen=True)
class Model:
    """What must be true of the ticket; `answered` is the status of the last answer and the code of its problem."""

    status: Status = "new"
    version: int = 1
    answered: tuple[int, str | None] = (201, None)

    def after(self, command: Command) -> Self:
        """By the tables alone."""
        role = ROLES[command.by]
        hidden = not may(role, May.SEE_ALL) and command.by != "requester"
        match command:
            case Reply(internal=True) if not may(role, May.READ_NOTES):
                return self._refused(403, "forbidden")
            case _ if hidden:
                return self._refused(404, "not_found")
            case Reply(internal=internal):
                staff = role in ("agent", "admin")
                status = self.status if internal else workflow.after_reply(self.status, by_staff=staff)
                return type(self)(status, self.version + 1, (201, None))
            case Move(behind=1):
                return self._refused(412, "stale")
            case Move(to=to) if to == self.status:
                return type(self)(self.status, self.version, (200, None))
            case Move(to=to) if not may(role, May.MOVE_FREELY) and not workflow.customer_may_move(self.status, to):
                return self._refused(403, "forbidden")
            case Move(to=to) if not workflow.may_move(self.status, to):
                return self._refused(409, "illegal_transition")
            case Move(to=to):
                return type(self)(to, self.version + 1, (200, None))

    def _refused(self, status: int, code: str) -> Self:
        return type(self)(self.status, self.version, (status, code))


async def test_status_version_and_error_are_always_what_the_tables_say(desk: Desk) -> None:
    people: dict[Who, Person] = {"requester": desk.customer, "agent": desk.agent}
    for who in ("neighbour", "admin", "operator"):
        people[who] = await make_person(desk.auth, ROLES[who], f"Some {who}", desk.organisation)

    async def played(commands: list[Command]) -> None:
        ticket = await desk.ticket()
        model = Model()
        for command in commands:
            answer = await _asked(desk, ticket, people[command.by], command, model.version)
            model = model.after(command)
            now = await desk.get(desk.agent, ticket)
            assert Model(now["status"], now["version"], _answered(answer)) == model, command

    await for_all(st.lists(COMMANDS, min_size=6, max_size=12), played, at_most=25)


async def _asked(desk: Desk, ticket: dict[str, Any], by: Person, command: Command, version: int) -> httpx.Response:
    match command:
        case Move(to=to, behind=behind):
            return await desk.move(by, ticket, to, if_match=None if behind is None else f'"{version - behind}"')
        case Reply(internal=internal):
            return await desk.write(by, ticket, visibility="internal" if internal else "public")


def _answered(answer: httpx.Response) -> tuple[int, str | None]:
    return answer.status_code, None if answer.is_success else answer.json()["code"]
