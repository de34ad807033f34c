"""A file as stored: who brought it, what it is, and which message it goes with. Its content is kept elsewhere."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from beanie import Document
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from common.events import PersonRef
from common.events.tickets import AttachmentRef, Visibility
from common.ids import new_id

State = Literal["arriving", "waiting", "posted", "leaving"]
"""Its content is on the way; is here and waits for a message; belongs to one; or is to be removed."""


class Attachment(Document):
    """It is there before its content, and gone only after it: so no content is ever forgotten. What is not posted by
    `expires_at` is removed. Until it is posted it is its uploader's alone."""

    id: UUID = Field(default_factory=new_id)  # type: ignore[assignment]  # Beanie means any type by ObjectId
    organisation_id: UUID
    ticket_id: UUID
    uploader: PersonRef
    name: str
    media_type: str
    size: int
    state: State
    message_id: UUID | None = None
    visibility: Visibility | None = None
    """The message's."""
    created_at: datetime
    expires_at: datetime | None

    class Settings:
        name = "attachments"
        indexes: ClassVar = [
            IndexModel([("ticket_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel("expires_at", partialFilterExpression={"expires_at": {"$type": "date"}}),
        ]

    def as_ref(self) -> AttachmentRef:
        """What messages and events say of it."""
        return AttachmentRef(id=self.id, name=self.name, media_type=self.media_type, size=self.size)
