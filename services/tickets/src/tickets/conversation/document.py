"""A stored message. It is written once, with its ticket, and changed only by a redaction."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from beanie import Document
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from common.events import PersonRef
from common.events.tickets import AttachmentRef, Channel, MessagePosted, TicketRef, Visibility
from common.ids import new_id


class Message(Document):
    """`body` is Markdown as typed. The messages of a ticket sort by id."""

    id: UUID = Field(default_factory=new_id)  # type: ignore[assignment]  # Beanie types any id as ObjectId
    organisation_id: UUID
    ticket_id: UUID
    author: PersonRef
    from_staff: bool = False
    """Whether the author was an agent or admin when they wrote it."""
    visibility: Visibility
    channel: Channel
    body: str
    mentions: list[PersonRef] = []
    unreachable_mentions: list[PersonRef] = []
    """People who are mentioned and not notified: none of them was an active agent or admin."""
    attachments: list[AttachmentRef] = []
    created_at: datetime
    redacted_at: datetime | None = None

    class Settings:
        name = "messages"
        indexes: ClassVar = [IndexModel([("ticket_id", ASCENDING), ("_id", ASCENDING)])]

    def redact(self, at: datetime) -> None:
        self.body, self.attachments, self.redacted_at = "", [], at
        self.mentions, self.unreachable_mentions = [], []

    def as_event(self, ticket: TicketRef, *, follow_up_of: UUID | None, is_only_thanks: bool) -> MessagePosted:
        """`follow_up_of` is the closed ticket that `ticket` follows up, if the message opens it."""
        own = {"ticket": ticket, "message_id": self.id, "follow_up_of": follow_up_of, "is_only_thanks": is_only_thanks}
        fields = {**dict(self), **own}
        return MessagePosted.model_validate(fields)
