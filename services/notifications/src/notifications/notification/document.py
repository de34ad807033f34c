"""A notification as stored; the mail it may ask for leaves with it."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pymongo import ASCENDING, DESCENDING, IndexModel

from common.events import Envelope, PersonRef
from common.events.notifications import EmailRequested, Kind, NotificationCreated, Recipient
from common.events.tickets import TicketRef
from common.ids import derived_id
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX
from notifications.people import KnownPerson
from notifications.policy import Channel


class Notification(Aggregate):
    """Its id follows from the event and the person: one of them tells one person once."""

    recipient_id: UUID
    kind: Kind
    event_id: UUID
    ticket_id: UUID | None = None
    ticket_number: int | None = None
    title: str
    actor: PersonRef | None = None
    created_at: datetime
    read_at: datetime | None = None
    in_app: bool

    class Settings(Aggregate.Settings):
        name = "notifications"
        indexes = [
            IndexModel([("recipient_id", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)]),
            OUTBOX_INDEX,
        ]

    @classmethod
    def about(
        cls,
        envelope: Envelope,
        kind: Kind,
        title: str,
        person: KnownPerson,
        channels: frozenset[Channel],
        *,
        ticket: TicketRef | None,
        context: dict[str, Any],
    ) -> Self:
        """Tells `person` of the event in `envelope`, where `channels` says. `context` is for the mail's template."""
        told = cls(
            id=derived_id("notification", envelope.id, person.id),
            organisation_id=envelope.organisation_id,
            recipient_id=person.id,
            kind=kind,
            event_id=envelope.id,
            ticket_id=ticket.id if ticket else None,
            ticket_number=ticket.number if ticket else None,
            title=title,
            actor=PersonRef(id=envelope.actor.id, name=envelope.actor.name) if envelope.actor else None,
            created_at=envelope.time,
            in_app=Channel.IN_APP in channels,
        )
        if told.in_app:
            told.record(
                NotificationCreated(
                    recipient_id=person.id,
                    kind=kind,
                    ticket_id=told.ticket_id,
                    ticket_number=told.ticket_number,
                    title=title,
                ),
                envelope.actor,
            )
        if Channel.EMAIL in channels:
            told.record(
                EmailRequested(
                    recipient=Recipient(id=person.id, email=person.email, name=person.name, locale=person.locale),
                    template=kind,
                    context=context,
                    ticket_id=told.ticket_id,
                    ticket_number=told.ticket_number,
                ),
                envelope.actor,
            )
        return told
