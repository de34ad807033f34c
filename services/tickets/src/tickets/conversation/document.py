"""A message as stored. Written once, with the ticket it belongs to, and never edited; an admin can blot it out."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from beanie import Document
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from common.events import PersonRef
from common.events.tickets import AttachmentRef, Channel, Visibility
from common.ids import new_id


class Message(Document):
    """A public reply or an internal note; `body` is Markdown as typed. A ticket's messages sort by id."""

    id: UUID = Field(default_factory=new_id)  # type: ignore[assignment]  # Beanie means any type by ObjectId
    organisation_id: UUID
    ticket_id: UUID
    author: PersonRef
    visibility: Visibility
    channel: Channel
    body: str
    mentions: list[PersonRef] = []
    attachments: list[AttachmentRef] = []
    created_at: datetime
    redacted_at: datetime | None = None
    """From then on it says nothing, names nobody and holds no files."""

    class Settings:
        name = "messages"
        indexes: ClassVar = [IndexModel([("ticket_id", ASCENDING), ("_id", ASCENDING)])]

    def redact(self, at: datetime) -> None:
        """Takes away what it said."""
        self.body, self.mentions, self.attachments, self.redacted_at = "", [], [], at
