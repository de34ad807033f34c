"""What people were told: in their inboxes, and by the mails notifications asked for."""

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
from tests.support.quiet import quiet
from tests.support.services import Installation, RunningService

_sequences = itertools.count(1000)
"""Of events that are said in the place of a service: later than all it said itself."""


@dataclass(frozen=True)
class Inboxes:
    """Those of everybody, with the services whose events fill them."""

    installation: Installation
    auth: RunningService
    tickets: RunningService
    notifications: RunningService

    async def said(
        self, event: Event, by: Person | None, aggregate_id: UUID | None = None, *, organisation_id: UUID | None = None
    ) -> Envelope:
        """An event as the service it belongs to would publish it."""
        organisation = by.organisation_id if by else organisation_id
        actor = Actor(id=by.id, name=by.name, role=by.role) if by else None
        envelope = envelope_of(event, aggregate_id, sequence=next(_sequences), organisation_id=organisation)
        envelope = envelope.model_copy(update={"actor": actor, "ip": "192.0.2.7", "user_agent": "Firefox"})
        async with self.installation.connected(event.service()) as broker:
            await JetStreamPublisher(broker).publish(envelope)
        return envelope

    async def settle(self) -> None:
        """Returns once everybody heard what they are to hear."""
        await quiet(self.installation, self.auth, self.tickets, self.notifications)

    async def page(self, person: Person, **query: Any) -> dict[str, Any]:
        """A page of somebody's inbox."""
        answer = await self.notifications.http.get("/api/v1/notifications", headers=person.headers, params=query)
        return ok(answer)

    async def kinds(self, person: Person) -> list[str]:
        """What somebody was told by now about tickets, oldest first."""
        items = (await self.page(person, limit=100))["items"]
        return [item["kind"] for item in reversed(items) if item["kind"] != "welcome"]

    async def mails(self, person: Person) -> list[EmailRequested]:
        """The mails to somebody that were asked for about tickets."""
        wanted = EventSelection(type=EmailRequested.type, organisation_id=person.organisation_id)
        asked = [EmailRequested.model_validate(e.data) async for e in EventLog(self.notifications.db).read(wanted)]
        return [mail for mail in asked if mail.recipient.id == person.id and mail.ticket_id is not None]

    async def heard(self, person: Person) -> tuple[list[str], list[str]]:
        """Kinds in the inbox, and kinds of the mails, once nothing is on its way any more."""
        await self.settle()
        return await self.kinds(person), [mail.template for mail in await self.mails(person)]


def ref(person: Person) -> PersonRef:
    """As events name somebody."""
    return PersonRef(id=person.id, name=person.name)


def ticket_of(desk: Desk, assignee: Person | None = None) -> TicketRef:
    """A ticket of the customer that somebody is to answer, or nobody."""
    return TicketRef(
        id=new_id(),
        number=7,
        title="Printer",
        requester=ref(desk.customer),
        assignee=ref(assignee) if assignee else None,
        status="open",
        priority="normal",
    )


def posted(
    ticket: TicketRef, by: Person, *mentions: Person, body: str = "Hello.", visibility: Visibility = "public"
) -> MessagePosted:
    """A message in it."""
    return MessagePosted(
        ticket=ticket,
        message_id=new_id(),
        author=ref(by),
        visibility=visibility,
        channel="api",
        body=body,
        mentions=tuple(map(ref, mentions)),
    )
