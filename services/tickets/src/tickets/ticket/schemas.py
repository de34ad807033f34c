"""What crosses the wire about tickets."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from common.events.tickets import Priority, Status
from common.http.schemas import Body, Time, View

Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Description = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Category = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Tags = Annotated[list[Tag], Field(max_length=20), AfterValidator(lambda tags: list(dict.fromkeys(tags)))]


class NewTicket(Body):
    """`requester_id` is for agents and admins, who open tickets on behalf of a customer."""

    title: Title
    description: Description
    priority: Priority = "normal"
    category: Category | None = None
    tags: Tags = []
    requester_id: UUID | None = None


class TicketChange(Body):
    """Only what is given is changed."""

    status: Status | None = None


class Person(BaseModel):
    """Somebody, as others see them."""

    id: UUID
    name: str


class TicketView(View):
    """A ticket."""

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
    created_at: Time
    updated_at: Time
    first_response_at: Time | None
    resolved_at: Time | None
    escalated_at: Time | None = None
    message_count: int
    last_message_at: Time | None
    version: int
