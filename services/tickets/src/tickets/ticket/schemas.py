"""Request and response bodies of tickets."""

from uuid import UUID

from pydantic import MISSING

from common.events.tickets import Status
from common.http.schemas import Body, PersonRefView, Time, UpdateBody, View
from tickets.domain.ticket_fields import Description, TicketFields, Title


class NewTicket(TicketFields, Body):
    """`requester_id` is for agents and admins, who open tickets on behalf of a customer."""

    requester_id: UUID | None = None


class TicketReplacement(TicketFields, UpdateBody):
    """All editable fields. An optional field that is left out keeps its value; `"category": null` clears it."""

    title: Title
    description: Description
    status: Status | MISSING = MISSING


class TicketChange(TicketFields, UpdateBody):
    """Changes only the given fields. `"category": null` clears the category."""

    status: Status | MISSING = MISSING


class TicketView(TicketFields, View):
    """`closed_at`, `resolved_at` and `escalated_at` become null when a ticket is reopened. Only admins who list deleted
    tickets see `deleted_at`. Only staff see `requester_email_verified`, `requester_email_suppression` (the reason why
    emails to the requester are not delivered), `requester_active` and `assignee_active`. Nobody who is deactivated
    receives notifications or emails. `assignee_active` is also false for an assignee who is no longer an agent or
    admin."""

    id: UUID
    number: int
    requester: PersonRefView
    requester_email_verified: bool | None = None
    requester_email_suppression: str | None = None
    requester_active: bool | None = None
    assignee: PersonRefView | None
    assignee_active: bool | None = None
    status: Status
    created_at: Time
    updated_at: Time
    first_response_at: Time | None
    resolved_at: Time | None
    closed_at: Time | None
    escalated_at: Time | None
    deleted_at: Time | None
    message_count: int
    last_message_at: Time | None
    follow_up_of: UUID | None
    version: int
