"""notifications' own copy of people, built from auth's events: whom to tell, and how to reach them."""

from collections.abc import Sequence
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel
from pymongo import ASCENDING, IndexModel

from common.events import Envelope, Role
from common.events.auth import Locale, UserRegistered, UserUpdated
from common.inbox import keep_newest
from common.mongo import Database
from notifications.policy import Candidate

COLLECTION = "people"
INDEXES = [IndexModel([("organisation_id", ASCENDING), ("role", ASCENDING)])]


class KnownPerson(BaseModel):
    """Somebody this service can tell."""

    id: UUID
    email: str
    name: str
    role: Role
    locale: Locale
    active: bool

    @classmethod
    def read(cls, document: dict[str, Any]) -> Self:
        """From how it is stored."""
        return cls(id=document["_id"], **{name: document[name] for name in cls.model_fields if name != "id"})

    def as_candidate(self) -> Candidate:
        """As the policy sees them."""
        return Candidate(id=self.id, role=self.role, active=self.active)


class People:
    """The people of all organisations."""

    def __init__(self, db: Database) -> None:
        self._people = db[COLLECTION]

    async def remember(self, event: UserRegistered | UserUpdated, envelope: Envelope) -> None:
        """This is how the person is now."""
        copy = event.person.model_dump(exclude={"id"})
        copy["organisation_id"] = envelope.organisation_id
        await keep_newest(self._people, envelope.aggregate_id, envelope.sequence, copy)

    async def concerned(self, organisation_id: UUID, ids: Sequence[UUID]) -> list[KnownPerson]:
        """Those of `ids` that are known here, and all staff of the organisation."""
        query = {
            "organisation_id": organisation_id,
            "$or": [{"_id": {"$in": list(ids)}}, {"role": {"$in": ["agent", "admin"]}}],
        }
        return [KnownPerson.read(found) async for found in self._people.find(query)]
