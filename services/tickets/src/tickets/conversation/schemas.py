"""What crosses the wire about messages."""

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from common.events.tickets import Channel, Visibility
from common.http.schemas import Body, Time, View
from tickets.ticket.schemas import Person

MessageBody = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


class NewMessage(Body):
    """`body` is Markdown. Internal notes are for agents and admins."""

    body: MessageBody
    visibility: Visibility = "public"


class MessageView(View):
    """A message."""

    id: UUID
    ticket_id: UUID
    author: Person
    visibility: Visibility
    channel: Channel
    body: str
    created_at: Time
