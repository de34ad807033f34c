"""Request and response bodies of messages."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from common.events.tickets import Channel, Visibility
from common.http.schemas import Body, PersonRefView, Time, View
from common.text import Text
from tickets.attachments.schemas import MAX_PER_MESSAGE, AttachmentRefView

MessageBody = Annotated[str, Text(20_000, optional=True)]
AttachmentIds = Annotated[
    list[UUID], Field(max_length=MAX_PER_MESSAGE), AfterValidator(lambda ids: list(dict.fromkeys(ids)))
]


class NewMessage(Body):
    """`body` is Markdown, and may be empty if there are files. Only agents and admins write internal notes and mention
    colleagues with `@[Name](user-id)`. `attachment_ids` are files that the caller uploaded to the ticket."""

    attachment_ids: AttachmentIds = []
    body: MessageBody
    visibility: Visibility = "public"

    @field_validator("body")
    @classmethod
    def _require_content(cls, body: str, info: ValidationInfo) -> str:
        if not body and not info.data.get("attachment_ids"):
            raise ValueError("Enter some text or attach a file.")
        return body


class MessageView(View):
    """A redacted message has an empty body, no mentions and no attachments. `from_staff` says whether an agent or admin
    wrote it, whatever the name of the author says. `unreachable_mentions`, which only staff see, are the people who are
    mentioned and were not notified: they were deactivated, or neither agents nor admins."""

    id: UUID
    ticket_id: UUID
    author: PersonRefView
    from_staff: bool = False
    visibility: Visibility
    channel: Channel
    body: str
    mentions: list[PersonRefView]
    unreachable_mentions: list[PersonRefView] = []
    attachments: list[AttachmentRefView]
    created_at: Time
    redacted_at: Time | None
