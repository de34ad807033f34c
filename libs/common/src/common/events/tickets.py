"""Events of tickets: tickets, conversations and settings."""

from collections.abc import Mapping
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, JsonValue

from common.events.base import DeadLetterRef, Event, FieldChanges, OpenWord, PersonRef, Value
from common.text import LongText, ShortText
from common.times import UtcTime

Status = Literal["new", "open", "in_progress", "pending", "resolved", "closed", "merged"]
Priority = Literal["low", "normal", "high", "urgent"]
Channel = Literal["web", "api", "email"]
Visibility = Literal["public", "internal"]
Reason = Literal["manual", "reply", "assignment", "inactivity"]
UnassignmentReason = Literal["manual", "assignee_left"]


class TicketRef(Value):
    """The ticket after the event: what a consumer needs to notify people and to name it."""

    id: UUID
    number: int
    title: ShortText
    requester: PersonRef
    assignee: PersonRef | None = None
    status: Status
    priority: Priority
    opened_by_requester: bool = True
    """False for one that staff opened: a requester whose address is not proved does not see it."""


class AttachmentRef(Value):
    """A file of a message. `size` is in bytes; `media_type` is detected from the content."""

    id: UUID
    name: ShortText
    media_type: ShortText
    size: int


class TicketCreated(Event, type="tickets.ticket.created"):
    """A customer opened a ticket, or staff did on a customer's behalf."""

    ticket: TicketRef
    description: LongText
    category: ShortText | None = None
    tags: Annotated[tuple[ShortText, ...], Field(max_length=100)] = ()
    follow_up_of: UUID | None = None
    """The closed ticket that it follows up: the customer replied after the reopen window."""


class TicketEdited(Event, type="tickets.ticket.edited"):
    """Editable fields changed. `changes` has the fields that differ."""

    ticket: TicketRef
    changes: FieldChanges


class TicketStatusChanged(Event, type="tickets.ticket.status_changed"):
    """The status changed. `ticket.status` is the new status."""

    ticket: TicketRef
    before: Status
    after: Status
    reason: Reason = "manual"
    """What caused the change: a request, a message, an assignment, or inactivity."""
    message_id: UUID | None = None
    """The message, for the reason `reply`."""


class TicketAssigned(Event, type="tickets.ticket.assigned"):
    """`after` is the new assignee."""

    ticket: TicketRef
    before: PersonRef | None = None
    after: PersonRef


class TicketUnassigned(Event, type="tickets.ticket.unassigned"):
    """The ticket has no assignee any more."""

    ticket: TicketRef
    before: PersonRef
    reason: UnassignmentReason = "manual"
    """`assignee_left`: the assignee was deactivated or is no longer an agent or admin."""


class TicketEscalated(Event, type="tickets.ticket.escalated"):
    """The ticket has waited for the desk for the organisation's time limit. Happens once per wait: a reopened ticket
    waits anew."""

    ticket: TicketRef
    waiting_since: UtcTime
    """When the ticket was opened or reopened. Time while it was pending does not count towards the limit."""


class TicketDeleted(Event, type="tickets.ticket.deleted"):
    """An admin deleted the ticket. It can be restored."""

    ticket: TicketRef


class TicketRestored(Event, type="tickets.ticket.restored"):
    """An admin restored the ticket."""

    ticket: TicketRef


class MessagePosted(Event, type="tickets.message.posted", aggregate="ticket"):
    """A message was added to the conversation. Only agents and admins see internal notes."""

    ticket: TicketRef
    message_id: UUID
    author: PersonRef
    visibility: Visibility
    channel: Channel
    body: LongText
    """Markdown, as typed."""
    attachments: Annotated[tuple[AttachmentRef, ...], Field(max_length=100)] = ()
    mentions: Annotated[tuple[PersonRef, ...], Field(max_length=100)] = ()
    """The agents and admins whom the body mentions with an @."""
    follow_up_of: UUID | None = None
    """The closed ticket that `ticket` follows up, if this message opened it."""
    is_only_thanks: bool = False
    """Whether a resolved or closed ticket stayed so because the reply only says thank you."""


class MessageRedacted(Event, type="tickets.message.redacted", aggregate="ticket"):
    """An admin redacted a message."""

    ticket: TicketRef
    message_id: UUID
    visibility: Visibility


class AttachmentAdded(Event, type="tickets.attachment.added", aggregate="ticket"):
    """A file was attached to a message. It has the message's visibility."""

    ticket: TicketRef
    attachment: AttachmentRef
    visibility: Visibility
    message_id: UUID


class OffboardingCompleted(Event, type="tickets.offboarding.completed"):
    """The tickets of a person who was deactivated or is no longer an agent or admin are unassigned, except closed ones.
    The aggregate has the id of the person. `tickets.ticket.unassigned` tells of each ticket."""

    person: PersonRef
    ticket_count: int


class SettingsUpdated(Event, type="tickets.settings.updated", aggregate="organisation"):
    """An admin changed the settings of the desk. The aggregate is the organisation."""

    changes: FieldChanges


class ExportStarted(Event, type="tickets.export.started"):
    """An agent or admin began to download data as CSV."""

    content: OpenWord
    """`tickets`, or the report: `summary`, `agents`."""
    criteria: Annotated[Mapping[str, JsonValue], Field(max_length=50)]
    """The query parameters that select the data."""


class DeadLetterReplayed(Event, type="tickets.dead_letter.replayed", aggregate="dead letter action"):
    """A dead letter of tickets was delivered to it again, by an admin, an operator or a command."""

    dead_letter: DeadLetterRef


class DeadLetterDiscarded(Event, type="tickets.dead_letter.discarded", aggregate="dead letter action"):
    """A dead letter of tickets was deleted, by an admin, an operator or a command. The event is never handled."""

    dead_letter: DeadLetterRef
