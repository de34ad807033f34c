"""What notifications does when something happened: decides who is told, and tells each of them once."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from common.events import Envelope
from common.events.auth import UserRegistered, UserUpdated
from common.events.notifications import Kind
from common.events.tickets import MessagePosted, TicketCreated, TicketRef, TicketStatusChanged
from common.messaging.verdicts import DONE, RetryLater, Verdict
from notifications import policy
from notifications.notification.document import Notification
from notifications.people import People


@dataclass(frozen=True)
class Tell:
    """Handlers: one for each kind of event that somebody should hear of."""

    people: People

    async def registered(self, event: UserRegistered, envelope: Envelope) -> Verdict:
        await self.people.remember(event, envelope)
        return await self._tell(envelope, "welcome", event.person.name, about=event.person.id)

    async def updated(self, event: UserUpdated, envelope: Envelope) -> Verdict:
        await self.people.remember(event, envelope)
        return DONE

    async def created(self, event: TicketCreated, envelope: Envelope) -> Verdict:
        return await self._tell(envelope, "ticket_created", event.ticket.title, ticket=event.ticket)

    async def status_changed(self, event: TicketStatusChanged, envelope: Envelope) -> Verdict:
        if event.message_id is not None:
            return DONE  # the message that did it is told of; twice for one act would be once too often
        return await self._tell(
            envelope,
            "status_changed",
            event.ticket.title,
            ticket=event.ticket,
            context={"before": event.before, "after": event.after},
        )

    async def message_posted(self, event: MessagePosted, envelope: Envelope) -> Verdict:
        kind: Kind = "replied" if event.visibility == "public" else "noted"
        return await self._tell(envelope, kind, event.ticket.title, ticket=event.ticket, context={"body": event.body})

    async def _tell(
        self,
        envelope: Envelope,
        kind: Kind,
        title: str,
        *,
        ticket: TicketRef | None = None,
        about: UUID | None = None,
        context: dict[str, Any] | None = None,
    ) -> Verdict:
        ids = _concerned(ticket, about)
        people = {person.id: person for person in await self.people.concerned(envelope.organisation_id, ids)}
        if missing := set(ids) - set(people):
            # auth's events and tickets' events travel apart: the person may be a moment behind the ticket.
            return RetryLater(f"not known here yet: {', '.join(map(str, missing))}")
        actor_id = envelope.actor.id if envelope.actor else None
        candidates = [people[id_].as_candidate() for id_ in (ids if ticket is None else people)]
        decided = policy.decide(kind, candidates, actor_id=actor_id, ticket=ticket)
        template = {"title": title, "actor": envelope.actor.name if envelope.actor else None, **(context or {})}
        # Each has an id that follows from the event and the person, so a redelivery only adds who was not told yet.
        await Notification.add_missing(
            [
                Notification.about(envelope, kind, title, people[id_], channels, ticket=ticket, context=template)
                for id_, channels in decided.items()
            ]
        )
        return DONE


def _concerned(ticket: TicketRef | None, about: UUID | None) -> list[UUID]:
    if ticket is None:
        return [about] if about else []
    return [person.id for person in (ticket.requester, ticket.assignee) if person is not None]
