"""Events of notifications: requested emails and changed preferences."""

from collections.abc import Mapping
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, JsonValue

from common.addresses import AddressText
from common.events.auth import Locale
from common.events.base import DeadLetterRef, Event, FieldChanges, OpenWord, Value
from common.text import ShortText, TokenText


class PreferencesUpdated(Event, type="notifications.preferences.updated", aggregate="user or defaults"):
    """A person changed their notification preferences, or an admin changed the defaults of a segment. The aggregate is
    the person, or the organisation's defaults."""

    changes: FieldChanges
    """By kind, scope and channel, e.g. `replied.mine.email`; null where nothing is chosen."""
    defaults_for: Literal["customers", "staff"] | None = None
    """The segment whose defaults changed; null where a person changed their own preferences."""


class Recipient(Value):
    """The address, name and language of the person an email goes to."""

    id: UUID
    email: AddressText
    name: ShortText
    """Empty where the address is not verified: no email repeats what a stranger typed."""
    locale: Locale


class EmailRequested(Event, type="notifications.email.requested", aggregate="notification", audited=False):
    """One email to one person. mailer sends exactly one for each of these events."""

    recipient: Recipient
    kind: OpenWord
    """A kind of notification (`common/notification_kinds.py`)."""
    audience: OpenWord
    """The recipient's relation to the event, e.g. `assignee`. It selects the text."""
    context: Annotated[Mapping[str, JsonValue], Field(max_length=50)] = {}
    """The fields of the kind's class. No secrets."""
    ticket_id: UUID | None = None
    ticket_number: int | None = None
    ticket_title: ShortText | None = None
    """Emails about one ticket form one thread."""
    unsubscribe_token: TokenText | None = None
    """The token of the List-Unsubscribe link for this kind and person (RFC 8058)."""


class DeadLetterReplayed(Event, type="notifications.dead_letter.replayed", aggregate="dead letter action"):
    """A dead letter of notifications was delivered to it again, by an admin, an operator or a command."""

    dead_letter: DeadLetterRef


class DeadLetterDiscarded(Event, type="notifications.dead_letter.discarded", aggregate="dead letter action"):
    """A dead letter of notifications was deleted, by an admin, an operator or a command. The event is never handled."""

    dead_letter: DeadLetterRef
