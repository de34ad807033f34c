"""What tickets says: the life of a ticket and its conversation."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from common.events.base import Event, FieldChange, PersonRef, Value

Status = Literal["new", "open", "in_progress", "pending", "resolved", "closed", "merged"]
Priority = Literal["low", "normal", "high", "urgent"]
Channel = Literal["web", "api", "email"]
Visibility = Literal["public", "internal"]
Reason = Literal["asked", "reply", "assignment", "inactivity"]


class TicketRef(Value):
    """What a consumer needs to know of the ticket whatever happened to it: whom to tell, and how to name it."""

    id: UUID
    number: int
    title: str
    requester: PersonRef
    assignee: PersonRef | None = None
    status: Status
    priority: Priority


class AttachmentRef(Value):
    """A file beside a message. `size` is in bytes; `media_type` is what its content looks like."""

    id: UUID
    name: str
    media_type: str
    size: int


class TicketCreated(Event, type="tickets.ticket.created"):
    """A customer, or an agent on a customer's behalf, asked for help."""

    ticket: TicketRef
    description: str
    category: str | None = None
    tags: tuple[str, ...] = ()
    follow_up_of: UUID | None = None
    """The closed ticket whose customer wrote again after the time in which that would have reopened it."""


class TicketEdited(Event, type="tickets.ticket.edited"):
    """Somebody changed what it says or how it is sorted: title, description, priority, category, tags."""

    ticket: TicketRef
    changes: Mapping[str, FieldChange]


class TicketStatusChanged(Event, type="tickets.ticket.status_changed"):
    """A ticket moved through its workflow. `ticket.status` is the status after it."""

    ticket: TicketRef
    before: Status
    after: Status
    reason: Reason = "asked"
    """What moved it: somebody's wish, a message, being assigned, or that nobody wrote for long."""
    message_id: UUID | None = None
    """The message, where one did."""


class TicketAssigned(Event, type="tickets.ticket.assigned"):
    """`after` is to answer it from now on."""

    ticket: TicketRef
    before: PersonRef | None = None
    after: PersonRef


class TicketUnassigned(Event, type="tickets.ticket.unassigned"):
    """Nobody in particular is to answer it any more."""

    ticket: TicketRef
    before: PersonRef


class TicketEscalated(Event, type="tickets.ticket.escalated"):
    """It was not resolved in the time the organisation sets itself. Happens once in its life."""

    ticket: TicketRef
    created_at: datetime


class TicketDeleted(Event, type="tickets.ticket.deleted"):
    """An admin took it out of sight. Nothing of it is lost."""

    ticket: TicketRef


class TicketRestored(Event, type="tickets.ticket.restored"):
    """An admin brought it back."""

    ticket: TicketRef


class MessagePosted(Event, type="tickets.message.posted", aggregate="ticket"):
    """Somebody wrote in a ticket's conversation. Internal notes are for agents and admins only."""

    ticket: TicketRef
    message_id: UUID
    author: PersonRef
    visibility: Visibility
    channel: Channel
    body: str
    """Markdown, as typed."""
    attachments: tuple[AttachmentRef, ...] = ()
    mentions: tuple[PersonRef, ...] = ()
    """Agents and admins that the body names with an @."""


class MessageRedacted(Event, type="tickets.message.redacted", aggregate="ticket"):
    """An admin blotted out what a message said."""

    ticket: TicketRef
    message_id: UUID
    visibility: Visibility


class AttachmentAdded(Event, type="tickets.attachment.added", aggregate="ticket"):
    """A file came with a message. It is seen by whoever may see the message."""

    ticket: TicketRef
    attachment: AttachmentRef
    visibility: Visibility
    message_id: UUID


class SettingsUpdated(Event, type="tickets.settings.updated", aggregate="organisation"):
    """An admin changed how the organisation's tickets are looked after. The aggregate is the organisation."""

    changes: Mapping[str, FieldChange]
