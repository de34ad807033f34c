"""What tickets says: the life of a ticket and its conversation."""

from typing import Literal
from uuid import UUID

from common.events.base import Event, Value

Status = Literal["new", "open", "in_progress", "pending", "resolved", "closed", "merged"]
Priority = Literal["low", "normal", "high", "urgent"]
Channel = Literal["web", "api", "email"]
Visibility = Literal["public", "internal"]


class PersonRef(Value):
    """A person as others see them."""

    id: UUID
    name: str


class TicketRef(Value):
    """What a consumer needs to know of the ticket whatever happened to it: whom to tell, and how to name it."""

    id: UUID
    number: int
    title: str
    requester: PersonRef
    assignee: PersonRef | None = None
    status: Status
    priority: Priority


class TicketCreated(Event, type="tickets.ticket.created"):
    """A customer, or an agent on a customer's behalf, asked for help."""

    ticket: TicketRef
    description: str
    category: str | None = None
    tags: tuple[str, ...] = ()


class TicketStatusChanged(Event, type="tickets.ticket.status_changed"):
    """A ticket moved through its workflow. `ticket.status` is the status after it."""

    ticket: TicketRef
    before: Status
    after: Status
    message_id: UUID | None = None
    """The reply that moved it, where one did."""


class MessagePosted(Event, type="tickets.message.posted"):
    """Somebody wrote in a ticket's conversation. Internal notes are for agents and admins only."""

    ticket: TicketRef
    message_id: UUID
    author: PersonRef
    visibility: Visibility
    channel: Channel
    body: str
    """Markdown, as typed."""
