"""The local copy of people, built from auth's events."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from common.addresses import address_key
from common.errors import Unprocessable
from common.events import STAFF_ROLES, Envelope, PersonRef
from common.events.auth import UserDeactivated, UserReactivated, UserRegistered, UserUpdated
from common.idempotent_consumer import upsert_if_newer
from common.messaging.results import ACK, HandlerResult
from common.mongo import ClientSession, Database
from common.suppressed_addresses import lookup_stage
from common.text import sort_key

COLLECTION = "people"


@dataclass(frozen=True)
class PersonState:
    """What staff are shown beside the name of a person."""

    active: bool
    is_active_staff: bool
    email_verified: bool
    email_suppression: str | None = None
    """Why emails to the person are not delivered."""


_UNKNOWN = PersonState(active=True, is_active_staff=True, email_verified=False)
"""Of a person whose events have not arrived yet."""


class People:
    """Names, roles, the key of the email address with whether it is confirmed, and the addresses of staff. A ticket
    keeps the names that its people had when they were named on it."""

    def __init__(self, db: Database) -> None:
        self._people = db[COLLECTION]

    async def upsert(
        self, event: UserRegistered | UserUpdated | UserDeactivated | UserReactivated, envelope: Envelope
    ) -> HandlerResult:
        """Handler."""
        copied = event.person.model_dump(include={"name", "role", "active", "email_verified"})
        # Colleagues tell namesakes apart by their addresses. Nobody is shown those of customers.
        copied["email"] = event.person.email if event.person.role in STAFF_ROLES else None
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

    async def states(self, ids: Collection[UUID], organisation_id: UUID) -> Mapping[UUID, PersonState]:
        """Of each of these people."""
        stages = [
            {"$match": {"_id": {"$in": list(ids)}, "organisation_id": organisation_id}},
            lookup_stage("suppressions"),
            {"$project": {"active": 1, "role": 1, "email_verified": 1, "suppressions.reason": 1}},
        ]
        found = {each["_id"]: each async for each in await self._people.aggregate(stages)}
        return {id_: _state(found[id_]) if id_ in found else _UNKNOWN for id_ in ids}

    async def find_left(
        self, id_: UUID, organisation_id: UUID, session: ClientSession | None = None
    ) -> PersonRef | None:
        """The person, if they are known not to be an active agent or admin."""
        query = {"_id": id_, "organisation_id": organisation_id}
        found = await self._people.find_one(query, ["name", "active", "role"], session=session)
        if found is None or _is_active_staff(found):
            return None
        return PersonRef(id=id_, name=found["name"])

    async def assignee(self, id_: UUID, organisation_id: UUID) -> PersonRef:
        """A person to whom a ticket can be assigned. Raises Unprocessable."""
        staff, _ = await self.split_by_reach([id_], organisation_id)
        if not staff:
            raise Unprocessable.field("user_id", "This is not an active agent or admin of the organisation.")
        return staff[0]

    async def split_by_reach(
        self, ids: Collection[UUID], organisation_id: UUID
    ) -> tuple[list[PersonRef], list[PersonRef]]:
        """The active agents and admins among them, who can be notified as such, and the other people of the
        organisation; both in the order given."""
        if not ids:
            return [], []
        query = {"_id": {"$in": list(ids)}, "organisation_id": organisation_id}
        found = {each["_id"]: each async for each in self._people.find(query, ["name", "active", "role"])}
        refs = [
            (PersonRef(id=id_, name=found[id_]["name"]), _is_active_staff(found[id_])) for id_ in ids if id_ in found
        ]
        return [ref for ref, is_staff in refs if is_staff], [ref for ref, is_staff in refs if not is_staff]


def _is_active_staff(person: Mapping[str, Any]) -> bool:
    return bool(person["active"]) and person["role"] in STAFF_ROLES


def _state(person: Mapping[str, Any]) -> PersonState:
    suppressions = person["suppressions"]
    reason = suppressions[0]["reason"] if suppressions else None
    return PersonState(person["active"], _is_active_staff(person), person["email_verified"], reason)
