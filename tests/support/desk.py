"""A support desk at work: auth and tickets running, and what people do there in one line each."""

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
from common.outbox import EventLog
from tests.support.eventually import eventually
from tests.support.people import Person, make_agent, make_organisation, make_person
from tests.support.services import Installation, RunningService


@dataclass(frozen=True)
class Desk:
    """`customer` and `agent` are of the organisation, and tickets knows both."""

    auth: RunningService
    tickets: RunningService
    customer: Person
    agent: Person
    organisation: str

    async def ask(
        self,
        by: Person,
        method: str,
        path: str = "",
        *,
        key: str | None = None,
        if_match: str | None = None,
        **more: Any,
    ) -> httpx.Response:
        """Any call below /tickets."""
        return await self.call(by, method, f"/tickets{path}", key=key, if_match=if_match, **more)

    async def call(
        self,
        by: Person,
        method: str,
        path: str,
        *,
        key: str | None = None,
        if_match: str | None = None,
        **more: Any,
    ) -> httpx.Response:
        """Any call that tickets answers."""
        headers = dict(by.headers)
        if key is not None:
            headers["Idempotency-Key"] = key
        if if_match is not None:
            headers["If-Match"] = if_match
        return await self.tickets.http.request(method, f"/api/v1{path}", headers=headers, **more)

    async def create(self, by: Person, *, key: str | None = None, **fields: Any) -> httpx.Response:
        """Asks for a ticket; what is not said is made up."""
        return await self.ask(by, "POST", key=key, json={"title": "Printer", "description": "It burns.", **fields})

    async def ticket(self, by: Person | None = None, **fields: Any) -> dict[str, Any]:
        """A new ticket, by default the customer's."""
        return ok(await self.create(by or self.customer, **fields), 201)

    async def get(self, by: Person, ticket: dict[str, Any]) -> dict[str, Any]:
        """As it is now."""
        return ok(await self.ask(by, "GET", f"/{ticket['id']}"))

    async def move(
        self, by: Person, ticket: dict[str, Any], status: str, *, if_match: str | None = None
    ) -> httpx.Response:
        """Asks for another status."""
        return await self.ask(by, "PATCH", f"/{ticket['id']}", if_match=if_match, json={"status": status})

    async def moved(self, by: Person, ticket: dict[str, Any], *statuses: str) -> dict[str, Any]:
        """The ticket after it went through these."""
        for status in statuses:
            ticket = ok(await self.move(by, ticket, status))
        return ticket

    async def change(
        self, by: Person, ticket: dict[str, Any], *, if_match: str | None = None, **fields: Any
    ) -> httpx.Response:
        """Asks for other values of some fields."""
        return await self.ask(by, "PATCH", f"/{ticket['id']}", if_match=if_match, json=fields)

    async def changed(self, by: Person, ticket: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """The ticket after that."""
        return ok(await self.change(by, ticket, **fields))

    async def assign(
        self, by: Person, ticket: dict[str, Any], to: Person, *, if_match: str | None = None
    ) -> httpx.Response:
        """Asks for somebody to answer it."""
        body = {"user_id": str(to.id)}
        return await self.ask(by, "PUT", f"/{ticket['id']}/assignee", if_match=if_match, json=body)

    async def assigned(self, by: Person, ticket: dict[str, Any], to: Person) -> dict[str, Any]:
        """The ticket after that."""
        return ok(await self.assign(by, ticket, to))

    async def unassign(self, by: Person, ticket: dict[str, Any], *, if_match: str | None = None) -> httpx.Response:
        """Asks for nobody to answer it."""
        return await self.ask(by, "DELETE", f"/{ticket['id']}/assignee", if_match=if_match)

    async def delete(self, by: Person, ticket: dict[str, Any], *, if_match: str | None = None) -> httpx.Response:
        """Asks for it to be taken out of sight."""
        return await self.ask(by, "DELETE", f"/{ticket['id']}", if_match=if_match)

    async def restore(self, by: Person, ticket: dict[str, Any], *, if_match: str | None = None) -> httpx.Response:
        """Asks for it to be brought back."""
        return await self.ask(by, "POST", f"/{ticket['id']}/restore", if_match=if_match)

    async def let_time_pass(self, ticket: dict[str, Any], *, days: float) -> None:
        """As if a closed ticket had been closed so much earlier."""
        closed_at = (await self.stored(ticket))["closed_at"]
        if closed_at is not None:
            earlier = {"$set": {"closed_at": closed_at - timedelta(days=days)}}
            await self.tickets.db["tickets"].update_one({"_id": UUID(ticket["id"])}, earlier)

    async def stored(self, ticket: dict[str, Any]) -> dict[str, Any]:
        """As MongoDB keeps it."""
        return require_document(await self.tickets.db["tickets"].find_one({"_id": UUID(ticket["id"])}))

    async def write(
        self, by: Person, ticket: dict[str, Any], body: str = "Hello.", *, key: str | None = None, **fields: Any
    ) -> httpx.Response:
        """Asks for a message, public unless `visibility` says otherwise."""
        return await self.ask(by, "POST", f"/{ticket['id']}/messages", key=key, json={"body": body, **fields})

    async def wrote(self, by: Person, ticket: dict[str, Any], body: str = "Hello.", **fields: Any) -> dict[str, Any]:
        """A new message."""
        return ok(await self.write(by, ticket, body, **fields), 201)

    async def conversation(self, by: Person, ticket: dict[str, Any], **query: Any) -> dict[str, Any]:
        """A page of messages."""
        return ok(await self.ask(by, "GET", f"/{ticket['id']}/messages", params=query))

    async def listed(self, by: Person, **query: Any) -> dict[str, Any]:
        """A page of tickets."""
        return ok(await self.ask(by, "GET", params=query))

    async def pages(self, by: Person, **query: Any) -> AsyncIterator[list[dict[str, Any]]]:
        """All pages of tickets, one after another."""
        page = await self.listed(by, **query)
        yield page["items"]
        while page["next_cursor"] is not None:
            page = await self.listed(by, cursor=page["next_cursor"], **query)
            yield page["items"]

    async def history(self, ticket: dict[str, Any], *, length: int) -> list[Envelope]:
        """The ticket's events, once there are `length` of them in the log."""

        async def logged() -> list[Envelope]:
            events = await EventLog(self.tickets.db).of_aggregate(UUID(ticket["id"]))
            assert len(events) >= length, [event.action for event in events]
            return events

        return await eventually(logged)

    async def joined_by(self, role: Role, name: str) -> Person:
        """Somebody more in the organisation, whom tickets knows."""
        person = await make_person(self.auth, role, name, self.organisation)
        await self.knows(person)
        return person

    async def set_active(self, person: Person, *, active: bool) -> None:
        """Somebody is shut out, or let in again, and auth says so."""
        user = await User.load(person.id, person.organisation_id)
        user.active = active
        happened = UserReactivated if active else UserDeactivated
        user.record(happened(person=user.as_person()), None)
        await user.commit()

    async def told(self, by: Person, ticket: dict[str, Any], *, length: int) -> list[dict[str, Any]]:
        """A ticket's history as somebody is told it, once it has `length` entries."""

        async def there() -> list[dict[str, Any]]:
            page = ok(await self.ask(by, "GET", f"/{ticket['id']}/history", params={"limit": 100}))
            assert len(page["items"]) >= length, [entry["action"] for entry in page["items"]]
            entries: list[dict[str, Any]] = page["items"]
            return entries

        return await eventually(there)

    async def redact(self, by: Person, message: dict[str, Any]) -> httpx.Response:
        """Asks for a message to be blotted out."""
        return await self.ask(by, "POST", f"/{message['ticket_id']}/messages/{message['id']}/redact")

    async def upload(
        self,
        by: Person,
        ticket: dict[str, Any],
        content: bytes = b"Hello.",
        name: str = "notes.txt",
        *,
        key: str | None = None,
    ) -> httpx.Response:
        """Asks for a file to be taken."""
        return await self.ask(by, "POST", f"/{ticket['id']}/attachments", key=key, files={"file": (name, content)})

    async def uploaded(
        self, by: Person, ticket: dict[str, Any], content: bytes = b"Hello.", name: str = "notes.txt"
    ) -> dict[str, Any]:
        """A file that waits for a message."""
        return ok(await self.upload(by, ticket, content, name), 201)

    async def attachments(self, by: Person, ticket: dict[str, Any]) -> list[dict[str, Any]]:
        """The files of a ticket."""
        page = ok(await self.ask(by, "GET", f"/{ticket['id']}/attachments", params={"limit": 100}))
        items: list[dict[str, Any]] = page["items"]
        return items

    async def download(self, by: Person, attachment: dict[str, Any]) -> httpx.Response:
        """Asks for the content of a file."""
        return await self.tickets.http.get(f"/api/v1/attachments/{attachment['id']}", headers=by.headers)

    async def knows(self, *people: Person) -> None:
        """Returns once tickets has heard of them."""

        async def heard() -> None:
            for person in people:
                assert await self.tickets.db["people"].find_one({"_id": person.id}) is not None

        await eventually(heard)


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


def ok(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    """The body of an answer that must have this status."""
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The body of an answer that must be this problem."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["code"] == code, body
    assert body["status"] == status
    return body
