"""What mailer says: what became of each mail."""

from uuid import UUID

from common.events.base import Event


class EmailSent(Event, type="mailer.email.sent"):
    """The SMTP server took responsibility for the mail."""

    recipient_id: UUID
    message_id: str
    """The `Message-ID` header (RFC 5322)."""
    attempts: int


class EmailFailed(Event, type="mailer.email.failed"):
    """The mail will not be tried again by itself."""

    recipient_id: UUID
    message_id: str
    attempts: int
    reason: str
