"""What notifications says: who was told what, and which mail it asks for."""

from typing import Any, Literal
from uuid import UUID

from common.events.auth import Locale
from common.events.base import Event, Value

Kind = Literal["welcome", "ticket_created", "status_changed", "replied", "noted"]


class NotificationCreated(Event, type="notifications.notification.created"):
    """A person has something new in their inbox."""

    recipient_id: UUID
    kind: Kind
    ticket_id: UUID | None = None
    ticket_number: int | None = None
    title: str


class Recipient(Value):
    """Whom to write to, and in which language."""

    id: UUID
    email: str
    name: str
    locale: Locale


class EmailRequested(Event, type="notifications.email.requested"):
    """Please write this to that person. The mailer owes one mail for each of these."""

    recipient: Recipient
    template: Kind
    context: dict[str, Any]
    """What the template needs, in JSON values."""
    ticket_id: UUID | None = None
    ticket_number: int | None = None
    """Mails about one ticket form one thread."""
