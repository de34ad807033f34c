"""A notification as stored, with the email it requests."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pymongo import ASCENDING, DESCENDING, IndexModel

from common import clock
from common.audiences import Channel
from common.events import Envelope, OpenWord, PersonRef
from common.events.notifications import EmailRequested
from common.ids import derived_id
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX
from common.principal import Principal
from notifications.intents import NotificationIntent
from notifications.person.queries import KnownPerson
from notifications.policy import ChannelSelection

IN_INBOX: Mapping[str, Any] = {"position": {"$gt": 0}}
"""The notifications that the app shows. Queries use exactly this condition, or MongoDB does not use the index."""

_INBOX = [("organisation_id", ASCENDING), ("recipient_id", ASCENDING)]


class Notification(Aggregate):
    """One notification of one person. Its id is derived from the event and the person.

    `position` counts one person's inbox from 1, in the order in which it became visible (inbox_writer.py).
    """

    recipient_id: UUID
    kind: OpenWord
    audience: OpenWord
    event_id: UUID
    ticket_id: UUID | None = None
    ticket_number: int | None = None
    ticket_count: int | None = None
    title: str
    actor: PersonRef | None = None
    person_name: str | None = None
    """The person to whom the event happened, e.g. the new assignee."""
    created_at: datetime
    read_at: datetime | None = None
    in_app: bool
    unread: bool
    position: int | None = None

    class Settings(Aggregate.Settings):
        name = "notifications"
        indexes = [
            IndexModel(
                [*_INBOX, ("position", DESCENDING)], name="position", unique=True, partialFilterExpression=IN_INBOX
            ),
            IndexModel([*_INBOX, ("unread", DESCENDING), ("position", DESCENDING)], name="unread"),
            OUTBOX_INDEX,
        ]

    @classmethod
    def visible_to(cls, by: Principal) -> dict[str, Any]:
        """The inbox of `by`."""
        return {**super().visible_to(by), "recipient_id": by.user_id, **IN_INBOX}

    @classmethod
    def of(
        cls,
        intent: NotificationIntent,
        envelope: Envelope,
        person: KnownPerson,
        selection: ChannelSelection,
        *,
        unsubscribe_token: str | None,
        is_copy: bool = False,
    ) -> Self:
        """Notifies `person` of the event in `envelope`. A copy is the same email to another address of theirs."""
        recipient = person.recipient
        ticket = intent.ticket
        copied_to = [recipient.email] if is_copy else []
        new = cls(
            id=derived_id("notification", envelope.deduplication_id, recipient.id, *copied_to),
            organisation_id=envelope.organisation_id,
            recipient_id=recipient.id,
            kind=intent.kind.name,
            audience=selection.audience,
            event_id=envelope.id,
            ticket_id=ticket.id if ticket else None,
            ticket_number=ticket.number if ticket else None,
            ticket_count=intent.ticket_count,
            title=ticket.title if ticket else intent.title or person.name,
            actor=PersonRef(id=envelope.actor.id, name=envelope.actor.name) if envelope.actor else None,
            person_name=intent.person_name,
            created_at=envelope.time,
            in_app=Channel.IN_APP in selection.channels,
            unread=Channel.IN_APP in selection.channels,
        )
        if Channel.EMAIL in selection.channels:
            email = EmailRequested(
                recipient=recipient,
                kind=new.kind,
                audience=new.audience,
                context=intent.context.model_dump(mode="json"),
                ticket_id=new.ticket_id,
                ticket_number=new.ticket_number,
                ticket_title=ticket.title if ticket else None,
                unsubscribe_token=unsubscribe_token,
            )
            new.record(email, envelope.actor)
        return new

    def mark(self, *, read: bool) -> None:
        """Marks it as read or unread; no change if it already is."""
        if self.unread == read:
            self.unread = not read
            self.read_at = clock.now() if read else None
