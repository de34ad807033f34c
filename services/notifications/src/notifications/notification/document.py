"""A notification as stored; the mail it may ask for leaves with it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pymongo import ASCENDING, DESCENDING, IndexModel

from common import clock
from common.events import Actor, Envelope, PersonRef
from common.events.notifications import EmailRequested, Kind, NotificationCreated, NotificationRead, Recipient
from common.ids import derived_id
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX
from notifications.policy import Channel
from notifications.telling import Telling

IN_INBOX: Mapping[str, Any] = {"position": {"$gt": 0}}
"""What is shown in the app, and not only sent by mail. Queries say it in these words, or the index is not used."""

_INBOX = [("organisation_id", ASCENDING), ("recipient_id", ASCENDING)]


class Notification(Aggregate):
    """Its id follows from the event and the person: one of them tells one person once.

    `position` counts what is in one person's inbox from 1, in the order in which it became visible (positions.py).
    """

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
    def about(
        cls,
        telling: Telling,
        envelope: Envelope,
        recipient: Recipient,
        channels: frozenset[Channel],
        *,
        unsubscribe_token: str | None,
    ) -> Self:
        """Tells somebody of the event in `envelope`, where `channels` says."""
        ticket = telling.ticket
        told = cls(
            id=derived_id("notification", envelope.id, recipient.id),
            organisation_id=envelope.organisation_id,
            recipient_id=recipient.id,
            kind=telling.kind,
            event_id=envelope.id,
            ticket_id=ticket.id if ticket else None,
            ticket_number=ticket.number if ticket else None,
            title=ticket.title if ticket else recipient.name,
            actor=PersonRef(id=envelope.actor.id, name=envelope.actor.name) if envelope.actor else None,
            created_at=envelope.time,
            in_app=Channel.IN_APP in channels,
            unread=Channel.IN_APP in channels,
        )
        if told.in_app:
            told._say_created(envelope.actor)
        if Channel.EMAIL in channels:
            told._ask_for_mail(telling, recipient, envelope.actor, unsubscribe_token)
        return told

    def mark(self, *, read: bool, by: Actor) -> Self:
        """Seen, or to be seen again. What is so already stays as it is."""
        if self.unread == read:
            self.unread = not read
            self.read_at = clock.now() if read else None
            self.record(NotificationRead(recipient_id=self.recipient_id, read=read), by)
        return self

    def _say_created(self, actor: Actor | None) -> None:
        self.record(
            NotificationCreated(
                recipient_id=self.recipient_id,
                kind=self.kind,
                ticket_id=self.ticket_id,
                ticket_number=self.ticket_number,
                title=self.title,
            ),
            actor,
        )

    def _ask_for_mail(
        self, telling: Telling, recipient: Recipient, actor: Actor | None, unsubscribe_token: str | None
    ) -> None:
        self.record(
            EmailRequested(
                recipient=recipient,
                template=self.kind,
                context={"title": self.title, "actor": actor.name if actor else None, **telling.context},
                ticket_id=self.ticket_id,
                ticket_number=self.ticket_number,
                sealed_token=telling.sealed_token,
                expires_at=telling.expires_at,
                unsubscribe_token=unsubscribe_token,
            ),
            actor,
        )
