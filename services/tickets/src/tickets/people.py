"""The local copy of people, built from auth's events."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from common.addresses import address_key
from common.errors import Unprocessable
from common.events import STAFF_ROLES, Envelope, PersonRef
from common.events.auth import UserDeactivated, UserReactivated, UserRegistered, UserUpdated
from common.idempotent_consumer import upsert_if_newer
from common.messaging.results import ACK, HandlerResult
from common.mongo import Database
from common.suppressed_addresses import lookup_stage
from common.text import sort_key

COLLECTION = "people"

_STAFF = {"$in": sorted(STAFF_ROLES)}


class Reachability(NamedTuple):
    """Whether emails reach a person: whether the address is confirmed, and why emails to it are not delivered."""

    email_verified: bool
    suppression: str | None


_UNKNOWN = Reachability(email_verified=False, suppression=None)


class People:
    """Names, roles, and the key of the email address with whether it is confirmed. A ticket keeps the names that its
    people had when they were named on it; an assignee who is deactivated or no longer staff stays its assignee."""

    def __init__(self, db: Database) -> None:
        self._people = db[COLLECTION]

    async def upsert(
        self, event: UserRegistered | UserUpdated | UserDeactivated | UserReactivated, envelope: Envelope
    ) -> HandlerResult:
        """Handler."""
        copied = event.person.model_dump(include={"name", "role", "active", "email_verified"})
        copied["address"] = address_key(event.person.email)
        name = event.person.name
        derived = {"name_key": sort_key(name), "folded_name": name.casefold()}
        copy = {**copied, **derived, "organisation_id": envelope.organisation_id}
        await upsert_if_newer(self._people, envelope.aggregate_id, envelope.sequence, copy)
        return ACK

    async def requester(self, id_: UUID, organisation_id: UUID) -> PersonRef:
        """A person for whom a ticket can be opened. Raises Unprocessable."""
        found = await self._people.find_one({"_id": id_, "organisation_id": organisation_id, "active": True})
        if found is None:
            raise Unprocessable.field("requester_id", "This is not an active person of the organisation.")
        return PersonRef(id=id_, name=found["name"])

    async def reachability(self, ids: Collection[UUID], organisation_id: UUID) -> dict[UUID, Reachability]:
        """Of each of the people. Whoever is not known has no confirmed address."""
        stages = [
            {"$match": {"_id": {"$in": list(ids)}, "organisation_id": organisation_id}},
            lookup_stage("suppressions"),
            {"$project": {"email_verified": 1, "suppressions.reason": 1}},
        ]
        known = {
            found["_id"]: Reachability(
                found["email_verified"], found["suppressions"][0]["reason"] if found["suppressions"] else None
            )
            async for found in await self._people.aggregate(stages)
        }
        return {id_: known.get(id_, _UNKNOWN) for id_ in ids}

    async def assignee(self, id_: UUID, organisation_id: UUID) -> PersonRef:
        """A person to whom a ticket can be assigned. Raises Unprocessable."""
        found = await self.staff([id_], organisation_id)
        if not found:
            raise Unprocessable.field("user_id", "This is not an active agent or admin of the organisation.")
        return found[0]

    async def staff(self, ids: Collection[UUID], organisation_id: UUID) -> list[PersonRef]:
        """The active agents and admins among them, in the order given."""
        if not ids:
            return []
        query = {"_id": {"$in": list(ids)}, "organisation_id": organisation_id, "active": True, "role": _STAFF}
        names = {found["_id"]: found["name"] async for found in self._people.find(query)}
        return [PersonRef(id=id_, name=names[id_]) for id_ in ids if id_ in names]
