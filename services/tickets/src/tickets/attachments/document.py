"""A stored file without its content, which `Storage` holds."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from beanie import Document
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from common.events import PersonRef
from common.events.tickets import AttachmentRef, Visibility
from common.ids import new_id

State = Literal["uploading", "pending", "attached", "deleting"]
"""`pending`: complete, and not attached to a message yet."""


class Attachment(Document):
    """Stored before its content and removed after it. Until it is attached only its uploader sees it, and it is removed
    at `expires_at`."""

    id: UUID = Field(default_factory=new_id)  # type: ignore[assignment]  # Beanie types any id as ObjectId
    organisation_id: UUID
    ticket_id: UUID
    uploader: PersonRef
    name: str
    media_type: str
    size: int
    state: State
    slot: int | None = None
    """Of the uploader in the ticket, until the file is attached or removed. Two files cannot take one slot."""
    message_id: UUID | None = None
    visibility: Visibility | None = None
    """The message's."""
    created_at: datetime
    expires_at: datetime | None

    class Settings:
        name = "attachments"
        indexes: ClassVar = [
            IndexModel([("ticket_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel(
                [("ticket_id", ASCENDING), ("uploader.id", ASCENDING), ("slot", ASCENDING)],
                name="slot",
                unique=True,
                partialFilterExpression={"slot": {"$type": "int"}},
            ),
            IndexModel("expires_at", partialFilterExpression={"expires_at": {"$type": "date"}}),
        ]

    def as_ref(self) -> AttachmentRef:
        return AttachmentRef(id=self.id, name=self.name, media_type=self.media_type, size=self.size)
