"""A message as stored. Written once, with the ticket it belongs to, and never edited."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from beanie import Document
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from common.events import PersonRef
from common.events.tickets import Channel, Visibility
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
    created_at: datetime

    class Settings:
        name = "messages"
        indexes: ClassVar = [IndexModel([("ticket_id", ASCENDING), ("_id", ASCENDING)])]
