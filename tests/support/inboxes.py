"""Notifications in inboxes and requested mails, on running auth, tickets and notifications services."""

import itertools
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from common.events import Actor, Envelope, Event, PersonRef
from common.events.notifications import EmailRequested
from common.events.tickets import MessagePosted, TicketRef, Visibility
from common.ids import new_id
from common.messaging.publisher import JetStreamPublisher
from common.outbox import EventLog, EventSelection
from tests.support.desk import Desk, ok
from tests.support.messaging import envelope_of
from tests.support.people import Person
from tests.support.services import Installation, RunningService
from tests.support.settled import wait_until_settled

_sequences = itertools.count(1000)
"""Of events published in the name of a service: higher than all it published itself."""


@dataclass(frozen=True)
class Inboxes:
    installation: Installation
    auth: RunningService
    tickets: RunningService
    notifications: RunningService

    async def said(
        self, event: Event, by: Person | None, aggregate_id: UUID | None = None, *, organisation_id: UUID | None = None
    ) -> Envelope:
        """Publishes an event as the service it belongs to."""
        organisation = by.organisation_id if by else organisation_id
        actor = Actor(id=by.id, name=by.name, role=by.role) if by else None
        envelope = envelope_of(event, aggregate_id, sequence=next(_sequences), organisation_id=organisation)
        envelope = envelope.model_copy(update={"actor": actor, "ip": "192.0.2.7", "user_agent": "Firefox"})
        async with self.installation.connected(event.service()) as broker:
            await JetStreamPublisher(broker).publish(envelope)
        return envelope

    async def settle(self) -> None:
        await wait_until_settled(self.installation, self.auth, self.tickets, self.notifications)

    async def page(self, person: Person, **query: Any) -> dict[str, Any]:
        """A page of a person's inbox."""
        return ok(await self.notifications.http.get("/api/v1/notifications", headers=person.headers, params=query))

    async def kinds(self, person: Person) -> list[str]:
        """The kinds of a person's notifications about tickets, oldest first."""
        items = (await self.page(person, limit=100))["items"]
        return [item["kind"] for item in reversed(items) if item["kind"] != "welcome"]

    async def mails(self, person: Person) -> list[EmailRequested]:
        """The requested mails to a person about tickets, except receipts for the tickets that they opened."""
        wanted = EventSelection(type=EmailRequested.type, organisation_id=person.organisation_id)
        asked = [EmailRequested.model_validate(e.data) async for e in EventLog(self.notifications.db).read(wanted)]
        about_tickets = [mail for mail in asked if mail.recipient.id == person.id and mail.ticket_id is not None]
        return [mail for mail in about_tickets if mail.kind != "ticket_received"]

    async def notifications_of(self, person: Person) -> tuple[list[str], list[str]]:
        """The kinds of notifications and of mails, once every event is handled."""
        await self.settle()
        return await self.kinds(person), [mail.kind for mail in await self.mails(person)]


def ref(person: Person) -> PersonRef:
    return PersonRef(id=person.id, name=person.name)


def ticket_of(desk: Desk, assignee: Person | None = None) -> TicketRef:
    """A ticket of the customer, assigned or not."""
    people = {"requester": ref(desk.customer), "assignee": ref(assignee) if assignee else None}
    return TicketRef.model_validate(
        {"id": new_id(), "number": 7, "title": "Printer", "status": "open", "priority": "normal", **people}
    )


def message_posted(
    ticket: TicketRef, by: Person, *mentions: Person, body: str = "Hello.", visibility: Visibility = "public"
) -> MessagePosted:
    return MessagePosted(
        ticket=ticket,
        message_id=new_id(),
        author=ref(by),
        visibility=visibility,
        channel="api",
        body=body,
        mentions=tuple(map(ref, mentions)),
    )
