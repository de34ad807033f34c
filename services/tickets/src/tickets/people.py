"""tickets' own copy of people, built from auth's events."""

from uuid import UUID

from common.errors import Unprocessable
from common.events import Envelope, PersonRef
from common.events.auth import UserRegistered, UserUpdated
from common.inbox import keep_newest
from common.messaging.verdicts import DONE, Verdict
from common.mongo import Database

COLLECTION = "people"


class People:
    """Names and roles of the people of all organisations."""

    def __init__(self, db: Database) -> None:
        self._people = db[COLLECTION]

    async def remember(self, event: UserRegistered | UserUpdated, envelope: Envelope) -> Verdict:
        """Handler: this is how the person is now."""
        person = event.person
        copy = {
            "organisation_id": envelope.organisation_id,
            "name": person.name,
            "role": person.role,
            "active": person.active,
        }
        await keep_newest(self._people, envelope.aggregate_id, envelope.sequence, copy)
        return DONE

    async def customer(self, id_: UUID, organisation_id: UUID) -> PersonRef:
        """Somebody a ticket can be opened for. Raises Unprocessable."""
        found = await self._people.find_one({"_id": id_, "organisation_id": organisation_id, "active": True})
        if found is None:
            raise Unprocessable.field("requester_id", "There is no such active person in this organisation.")
        return PersonRef(id=id_, name=found["name"])
