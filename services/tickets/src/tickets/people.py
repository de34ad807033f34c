"""tickets' own copy of people, built from auth's events."""

from collections.abc import Collection
from uuid import UUID

from common.errors import Unprocessable
from common.events import Envelope, PersonRef
from common.events.auth import UserDeactivated, UserReactivated, UserRegistered, UserUpdated
from common.inbox import upsert_if_newer
from common.messaging.results import ACK, HandlerResult
from common.mongo import Database

COLLECTION = "people"

_STAFF = {"$in": ["agent", "admin"]}


class People:
    """Names and roles of the people of all organisations.

    A ticket keeps the names of its people as they were when they came to it. Somebody who is deactivated, or is no
    agent any more, stays the assignee of their tickets: who takes them over is for people to decide.
    """

    def __init__(self, db: Database) -> None:
        self._people = db[COLLECTION]

    async def remember(
        self, event: UserRegistered | UserUpdated | UserDeactivated | UserReactivated, envelope: Envelope
    ) -> HandlerResult:
        """Handler: this is how the person is now."""
        person = event.person
        copy = {
            "organisation_id": envelope.organisation_id,
            "name": person.name,
            "name_key": person.name.casefold(),
            "role": person.role,
            "active": person.active,
        }
        await upsert_if_newer(self._people, envelope.aggregate_id, envelope.sequence, copy)
        return ACK

    async def complete(self) -> None:
        """Gives copies that an earlier version made what they are sorted by since."""
        async for person in self._people.find({"name_key": None}, {"name": 1}):
            unsorted = {"_id": person["_id"], "name_key": None}
            await self._people.update_one(unsorted, {"$set": {"name_key": person["name"].casefold()}})

    async def requester(self, id_: UUID, organisation_id: UUID) -> PersonRef:
        """Somebody a ticket can be opened for. Raises Unprocessable."""
        found = await self._people.find_one({"_id": id_, "organisation_id": organisation_id, "active": True})
        if found is None:
            raise Unprocessable.field("requester_id", "There is no such active person in this organisation.")
        return PersonRef(id=id_, name=found["name"])

    async def assignee(self, id_: UUID, organisation_id: UUID) -> PersonRef:
        """Somebody who can be asked to answer. Raises Unprocessable."""
        found = await self.staff([id_], organisation_id)
        if not found:
            raise Unprocessable.field("user_id", "There is no such active agent or admin in this organisation.")
        return found[0]

    async def staff(self, ids: Collection[UUID], organisation_id: UUID) -> list[PersonRef]:
        """Those of them who are active agents or admins, in the order given."""
        if not ids:
            return []
        query = {"_id": {"$in": list(ids)}, "organisation_id": organisation_id, "active": True, "role": _STAFF}
        names = {found["_id"]: found["name"] async for found in self._people.find(query)}
        return [PersonRef(id=id_, name=names[id_]) for id_ in ids if id_ in names]
