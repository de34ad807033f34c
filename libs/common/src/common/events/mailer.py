"""Events of mailer: the outcome of each email, and the suppression list."""

from uuid import UUID

from common.addresses import AddressText
from common.events.base import DeadLetterRef, Event, OpenWord
from common.text import ShortText


class EmailSent(Event, type="mailer.email.sent", aggregate="mail", audited=False):
    """The SMTP server accepted the email."""

    recipient_id: UUID
    message_id: ShortText
    """The `Message-ID` header (RFC 5322)."""
    attempts: int


class EmailFailed(Event, type="mailer.email.failed", aggregate="mail", audited=False):
    """The email was rejected permanently, or the last retry failed. An admin can retry it."""

    recipient_id: UUID
    message_id: ShortText
    attempts: int
    reason: ShortText


class EmailOutcomeUnknown(Event, type="mailer.email.outcome_unknown", aggregate="mail", audited=False):
    """The connection was lost, or the sender stopped, after the content was sent and before the answer was recorded:
    the email may have arrived. It is sent once more later, unless an admin decides otherwise."""

    recipient_id: UUID
    message_id: ShortText
    attempts: int
    reason: ShortText


class EmailSuppressed(Event, type="mailer.email.suppressed", aggregate="mail", audited=False):
    """The email was not sent: its address is on the suppression list (`address_suppressed`), its link has expired
    (`link_expired`), a newer email about the ticket stands for it (`superseded`), or the recipient has switched off
    such emails since it was requested (`unsubscribed`)."""

    recipient_id: UUID
    message_id: ShortText
    reason: OpenWord


class EmailRetried(Event, type="mailer.email.retried", aggregate="mail"):
    """An admin retried a failed or suppressed email, or one whose outcome is unknown."""

    recipient_id: UUID
    message_id: ShortText


class EmailMarkedSent(Event, type="mailer.email.marked_sent", aggregate="mail"):
    """An admin stated that an email whose outcome is unknown has arrived. It is not sent again."""

    recipient_id: UUID
    message_id: ShortText


class SuppressionAdded(Event, type="mailer.suppression.added"):
    """An address was added to the suppression list. The aggregate is the suppression."""

    email: AddressText
    reason: ShortText
    includes_security_emails: bool = False
    """Whether an admin stopped the emails that keep an account safe as well."""


class SuppressionRemoved(Event, type="mailer.suppression.removed"):
    """An address was removed from the suppression list."""

    email: AddressText


class DeadLetterReplayed(Event, type="mailer.dead_letter.replayed", aggregate="dead letter action"):
    """A dead letter of mailer was delivered to it again, by an admin, an operator or a command."""

    dead_letter: DeadLetterRef


class DeadLetterDiscarded(Event, type="mailer.dead_letter.discarded", aggregate="dead letter action"):
    """A dead letter of mailer was deleted, by an admin, an operator or a command. The event is never handled."""

    dead_letter: DeadLetterRef
