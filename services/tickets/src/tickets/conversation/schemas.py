"""What crosses the wire about messages."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from common.events.tickets import Channel, Visibility
from common.http.schemas import Body, Time
from tickets.conversation.document import Message
from tickets.ticket.schemas import Person

MessageBody = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


class NewMessage(Body):
    """`body` is Markdown. Internal notes are for agents and admins."""

    body: MessageBody
    visibility: Visibility = "public"


class MessageView(BaseModel):
    """A message."""

    id: UUID
    ticket_id: UUID
    author: Person
    visibility: Visibility
    channel: Channel
    body: str
    created_at: Time

    @classmethod
    def of(cls, message: Message) -> Self:
        return cls.model_validate(message.model_dump(include=set(cls.model_fields)))
