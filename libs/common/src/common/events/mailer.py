"""What mailer says: what became of each mail."""

from typing import Literal
from uuid import UUID

from common.events.base import Event


class EmailSent(Event, type="mailer.email.sent", aggregate="mail"):
    """The SMTP server took responsibility for the mail."""

    recipient_id: UUID
    message_id: str
    """The `Message-ID` header (RFC 5322)."""
    attempts: int


class EmailFailed(Event, type="mailer.email.failed", aggregate="mail"):
    """The mail will not be tried again by itself."""

    recipient_id: UUID
    message_id: str
    attempts: int
    reason: str


class EmailSuppressed(Event, type="mailer.email.suppressed", aggregate="mail"):
    """The mail was not sent: nothing is to be sent to that address, or its link has expired."""

    recipient_id: UUID
    message_id: str
    reason: Literal["address_suppressed", "link_expired"]


class EmailRetried(Event, type="mailer.email.retried", aggregate="mail"):
    """An admin had a mail that failed, or was suppressed, tried again."""

    recipient_id: UUID
    message_id: str


class SuppressionAdded(Event, type="mailer.suppression.added"):
    """Nothing is sent to an address any more. The aggregate is the suppression."""

    email: str
    reason: str


class SuppressionRemoved(Event, type="mailer.suppression.removed"):
    """Mails are sent to an address again."""

    email: str
