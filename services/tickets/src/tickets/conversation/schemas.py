"""What crosses the wire about messages."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from common.events.tickets import Channel, Visibility
from common.http.schemas import Body, Time, View
from tickets.attachments.schemas import MAX_PER_MESSAGE, AttachmentShown
from tickets.ticket.schemas import Person

MessageBody = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
AttachmentIds = Annotated[
    list[UUID], Field(max_length=MAX_PER_MESSAGE), AfterValidator(lambda ids: list(dict.fromkeys(ids)))
]


class NewMessage(Body):
    """`body` is Markdown. Internal notes are for agents and admins; so is calling for a colleague, by
    `@[Name](user-id)`. `attachment_ids` are files that the caller has uploaded to the ticket."""

    body: MessageBody
    visibility: Visibility = "public"
    attachment_ids: AttachmentIds = []


class MessageView(View):
    """A message. One that was redacted has an empty body, no mentions and no attachments."""

    id: UUID
    ticket_id: UUID
    author: Person
    visibility: Visibility
    channel: Channel
    body: str
    mentions: list[Person]
    attachments: list[AttachmentShown]
    created_at: Time
    redacted_at: Time | None
