"""What crosses the wire about tickets."""

from typing import Annotated
from uuid import UUID

from pydantic import MISSING, AfterValidator, BaseModel, Field, StringConstraints

from common.events.tickets import Priority, Status
from common.http.schemas import Body, Time, View

Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Description = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Category = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Tags = Annotated[list[Tag], Field(max_length=20), AfterValidator(lambda tags: list(dict.fromkeys(tags)))]


class TicketFields(Body):
    """What a ticket says and how it is sorted."""

    title: Title
    description: Description
    priority: Priority = "normal"
    category: Category | None = None
    tags: Tags = []


class NewTicket(TicketFields):
    """`requester_id` is for agents and admins, who open tickets on behalf of a customer."""

    requester_id: UUID | None = None


class TicketReplacement(TicketFields):
    """All that can be edited: what is left out becomes what it is in a new ticket. Only the status stays as it is
    where none is given, since it moves along the workflow."""

    status: Status | MISSING = MISSING


class TicketChange(Body):
    """Only what is given is changed. `"category": null` takes the category away."""

    title: Title | MISSING = MISSING
    description: Description | MISSING = MISSING
    priority: Priority | MISSING = MISSING
    category: Category | MISSING | None = MISSING
    tags: Tags | MISSING = MISSING
    status: Status | MISSING = MISSING


class Person(BaseModel):
    """Somebody, as others see them."""

    id: UUID
    name: str


class TicketView(View):
    """A ticket. `closed_at` and `resolved_at` are null again once it is reopened; `deleted_at` is only seen by admins
    who list what is deleted."""

    id: UUID
    number: int
    title: str
    description: str
    requester: Person
    assignee: Person | None
    status: Status
    priority: Priority
    category: str | None
    tags: list[str]
    follow_up_of: UUID | None
    created_at: Time
    updated_at: Time
    first_response_at: Time | None
    resolved_at: Time | None
    closed_at: Time | None
    escalated_at: Time | None
    deleted_at: Time | None
    message_count: int
    last_message_at: Time | None
    version: int
