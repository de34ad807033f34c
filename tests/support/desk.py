"""A support desk: an organisation on running auth and tickets services, and its API as one-line calls.

A method named by the imperative (`assign`) returns the response; its past participle (`assigned`) returns the body of a
successful one. `more` is given to httpx, save `key` (Idempotency-Key) and `if_match` (If-Match).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from auth.user.document import User
from common.events import Envelope, Role
from common.events.auth import UserDeactivated, UserReactivated
from common.mongo import require_document
from tests.support.eventually import eventually
from tests.support.messaging import logged_events_of
from tests.support.people import Person, make_agent, make_organisation, make_person
from tests.support.services import Installation, RunningService

Body = dict[str, Any]


def for_everybody(ticket: Body) -> Body:
    """What a view of the ticket contains whoever reads it. Only staff read what is shown beside its people."""
    return {**ticket, "requester_email_verified": None, "requester_active": None, "assignee_active": None}


@dataclass(frozen=True)
class Desk:
    """`customer` and `agent` belong to the organisation, and tickets knows both."""

    auth: RunningService
    tickets: RunningService
    customer: Person
    agent: Person
    organisation: str

    async def call(
        self, by: Person, method: str, path: str, *, key: str | None = None, if_match: str | None = None, **more: Any
    ) -> httpx.Response:
        headers = {**by.headers, "Idempotency-Key": key, "If-Match": if_match}
        given = {name: value for name, value in headers.items() if value is not None}
        return await self.tickets.http.request(method, f"/api/v1{path}", headers=given, **more)

    async def ask(self, by: Person, method: str, path: str = "", **more: Any) -> httpx.Response:
        """A call below /tickets."""
        return await self.call(by, method, f"/tickets{path}", **more)

    async def create(self, by: Person, *, key: str | None = None, **fields: Any) -> httpx.Response:
        return await self.ask(by, "POST", key=key, json={"title": "Printer", "description": "It burns.", **fields})

    async def ticket(self, by: Person | None = None, **fields: Any) -> Body:
        """A new ticket, by default the customer's."""
        return ok(await self.create(by or self.customer, **fields), 201)

    async def get(self, by: Person, ticket: Body) -> Body:
        return ok(await self.ask(by, "GET", f"/{ticket['id']}"))

    async def move(self, by: Person, ticket: Body, status: str, **more: Any) -> httpx.Response:
        return await self.ask(by, "PATCH", f"/{ticket['id']}", json={"status": status}, **more)

    async def change_status(self, by: Person, ticket: Body, *statuses: str) -> Body:
        for status in statuses:
            ticket = ok(await self.move(by, ticket, status))
        return ticket

    async def change(self, by: Person, ticket: Body, *, if_match: str | None = None, **fields: Any) -> httpx.Response:
        return await self.ask(by, "PATCH", f"/{ticket['id']}", if_match=if_match, json=fields)

    async def changed(self, by: Person, ticket: Body, **fields: Any) -> Body:
        return ok(await self.change(by, ticket, **fields))

    async def assign(self, by: Person, ticket: Body, to: Person, **more: Any) -> httpx.Response:
        return await self.ask(by, "PUT", f"/{ticket['id']}/assignee", json={"user_id": str(to.id)}, **more)

    async def assigned(self, by: Person, ticket: Body, to: Person) -> Body:
        return ok(await self.assign(by, ticket, to))

    async def unassign(self, by: Person, ticket: Body, **more: Any) -> httpx.Response:
        return await self.ask(by, "DELETE", f"/{ticket['id']}/assignee", **more)

    async def delete(self, by: Person, ticket: Body, **more: Any) -> httpx.Response:
        return await self.ask(by, "DELETE", f"/{ticket['id']}", **more)

    async def restore(self, by: Person, ticket: Body, **more: Any) -> httpx.Response:
        return await self.ask(by, "POST", f"/{ticket['id']}/restore", **more)

    async def let_time_pass(self, ticket: Body, *, days: float) -> None:
        """Moves the time at which a closed ticket was closed into the past."""
        closed_at = (await self.stored(ticket))["closed_at"]
        if closed_at is not None:
            earlier = {"$set": {"closed_at": closed_at - timedelta(days=days)}}
            await self.tickets.db["tickets"].update_one({"_id": UUID(ticket["id"])}, earlier)

    async def stored(self, ticket: Body) -> Body:
        """The document in MongoDB."""
        return require_document(await self.tickets.db["tickets"].find_one({"_id": UUID(ticket["id"])}))

    async def write(
        self, by: Person, ticket: Body, body: str = "Hello.", *, key: str | None = None, **fields: Any
    ) -> httpx.Response:
        return await self.ask(by, "POST", f"/{ticket['id']}/messages", key=key, json={"body": body, **fields})

    async def wrote(self, by: Person, ticket: Body, body: str = "Hello.", **fields: Any) -> Body:
        return ok(await self.write(by, ticket, body, **fields), 201)

    async def conversation(self, by: Person, ticket: Body, **query: Any) -> Body:
        return ok(await self.ask(by, "GET", f"/{ticket['id']}/messages", params=query))

    async def listed(self, by: Person, **query: Any) -> Body:
        return ok(await self.ask(by, "GET", params=query))

    async def pages(self, by: Person, **query: Any) -> AsyncIterator[list[Body]]:
        """Every page of tickets."""
        page = await self.listed(by, **query)
        yield page["items"]
        while page["next_cursor"] is not None:
            page = await self.listed(by, cursor=page["next_cursor"], **query)
            yield page["items"]

    async def logged_events(self, ticket: Body, *, length: int) -> list[Envelope]:
        """The ticket's events, once the log has `length` of them."""
        return await logged_events_of(self.tickets.db, UUID(ticket["id"]), length=length)

    async def history(self, by: Person, ticket: Body, *, length: int) -> list[Body]:
        """The ticket's history as the API shows it to that person, once it has `length` entries."""

        async def shown() -> list[Body]:
            items = await self._items(by, ticket, "history")
            assert len(items) >= length, [entry["action"] for entry in items]
            return items

        return await eventually(shown)

    async def redact(self, by: Person, message: Body) -> httpx.Response:
        return await self.ask(by, "POST", f"/{message['ticket_id']}/messages/{message['id']}/redact")

    async def upload(
        self, by: Person, ticket: Body, content: bytes = b"Hello.", name: str = "notes.txt", *, key: str | None = None
    ) -> httpx.Response:
        return await self.ask(by, "POST", f"/{ticket['id']}/attachments", key=key, files={"file": (name, content)})

    async def uploaded(self, by: Person, ticket: Body, content: bytes = b"Hello.", name: str = "notes.txt") -> Body:
        return ok(await self.upload(by, ticket, content, name), 201)

    async def attachments(self, by: Person, ticket: Body) -> list[Body]:
        return await self._items(by, ticket, "attachments")

    async def download(self, by: Person, attachment: Body) -> httpx.Response:
        return await self.call(by, "GET", f"/attachments/{attachment['id']}")

    async def joined_by(self, role: Role, name: str) -> Person:
        """A new member of the organisation, whom tickets knows."""
        await self.knows(person := await make_person(self.auth, role, name, self.organisation))
        return person

    async def set_active(self, person: Person, *, active: bool) -> None:
        """Deactivates or reactivates a user, and publishes it."""
        user = await User.load(person.id, person.organisation_id)
        user.active = active
        user.record((UserReactivated if active else UserDeactivated)(person=user.as_person()), None)
        await user.commit()

    async def knows(self, *people: Person) -> None:
        """Returns once tickets has replicated these users."""

        async def replicated() -> None:
            for person in people:
                assert await self.tickets.db["people"].find_one({"_id": person.id}) is not None

        await eventually(replicated)

    async def _items(self, by: Person, ticket: Body, collection: str) -> list[Body]:
        page = ok(await self.ask(by, "GET", f"/{ticket['id']}/{collection}", params={"limit": 100}))
        return list(page["items"])


async def open_desk(auth: RunningService, tickets: RunningService, organisation: str) -> Desk:
    """A new organisation with two people."""
    await make_organisation(organisation)
    customer = await make_person(auth, "customer", "Casey Customer", organisation)
    desk = Desk(auth, tickets, customer, await make_agent(auth, "Alex Agent", organisation), organisation)
    await eventually(tickets.is_ready)
    await desk.knows(desk.customer, desk.agent)
    return desk


@asynccontextmanager
async def only_desk(installation: Installation, **changes: Any) -> AsyncIterator[Desk]:
    """A desk on services of its own, for tests that stop or limit them. `changes` are settings of tickets."""
    async with (
        installation.run("auth", rate_limits=False) as auth,
        installation.run("tickets", **{"rate_limits": False, **changes}) as tickets,
    ):
        yield await open_desk(auth, tickets, "desk")


def ok(answer: httpx.Response, status: int = 200) -> Body:
    """The body of a response that must have this status."""
    assert answer.status_code == status, answer.text
    body: Body = answer.json()
    return body


def problem(answer: httpx.Response, status: int, code: str) -> Body:
    """The body of a response that must be this problem (RFC 9457)."""
    body = ok(answer, status)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (body["code"], body["status"]) == (code, status), body
    return body
