"""What notifications says: who was told what, and which mail it asks for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from common.events.auth import Locale
from common.events.base import Event, FieldChange, Value

AccountKind = Literal["welcome", "verify_email", "password_reset", "password_changed", "new_sign_in", "invitation"]
TicketKind = Literal[
    "ticket_created",
    "assigned",
    "unassigned",
    "status_changed",
    "replied",
    "noted",
    "mentioned",
    "escalated",
    "sla_warned",
    "sla_breached",
    "merged",
]
Kind = Literal[AccountKind, TicketKind]
"""What somebody can be told of: something about their account, or about a ticket."""


class NotificationCreated(Event, type="notifications.notification.created"):
    """A person has something new in their inbox."""

    recipient_id: UUID
    kind: Kind
    ticket_id: UUID | None = None
    ticket_number: int | None = None
    title: str


class NotificationRead(Event, type="notifications.notification.read"):
    """The person has seen it, or (`read` false) wants to see it again."""

    recipient_id: UUID
    read: bool = True


class PreferencesUpdated(Event, type="notifications.preferences.updated", aggregate="user or defaults"):
    """A person chose what to be told, and where; or an admin chose for all who did not. The aggregate is the person,
    or the organisation's defaults."""

    changes: Mapping[str, FieldChange]
    """By kind, scope and channel, e.g. `replied.mine.email`; null where nothing is chosen."""
    defaults_for: Literal["customers", "staff"] | None = None
    """Whose defaults an admin chose; null where a person chose for themselves."""


class Recipient(Value):
    """Whom to write to, and in which language."""

    id: UUID
    email: str
    name: str
    locale: Locale


class EmailRequested(Event, type="notifications.email.requested", aggregate="notification"):
    """Please write this to that person. The mailer owes one mail for each of these."""

    recipient: Recipient
    template: Kind
    context: Mapping[str, Any]
    """What the template needs, in JSON values. No secrets."""
    ticket_id: UUID | None = None
    ticket_number: int | None = None
    """Mails about one ticket form one thread."""
    sealed_token: str | None = None
    """The secret in the mail's link, which mailer alone can open (common/sealed.py)."""
    expires_at: datetime | None = None
    """When that link stops working: the mail is of no use after it."""
    unsubscribe_token: str | None = None
    """What switches mails of this kind off for this person, for List-Unsubscribe (RFC 8058)."""
