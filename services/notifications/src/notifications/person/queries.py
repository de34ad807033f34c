"""Reads of the copy of people."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Self
from uuid import UUID

from common.errors import NotFound, Unavailable
from common.events import STAFF_ROLES
from common.events.notifications import Recipient
from common.principal import Principal
from notifications.person.document import Person, read_choices
from notifications.policy import Candidate

_FIELDS = ["email", "name", "role", "locale", "active", "email_verified", "choices"]


@dataclass(frozen=True)
class KnownPerson:
    """A person who can be notified. `recipient` is who an email addresses."""

    candidate: Candidate
    name: str
    recipient: Recipient

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        """From the stored document."""
        return cls(
            Candidate(
                document["_id"],
                document["role"],
                document["active"],
                read_choices(document["choices"]),
                document["email_verified"],
            ),
            document["name"],
            Recipient(
                id=document["_id"],
                email=document["email"],
                name=document["name"] if document["email_verified"] else "",
                locale=document["locale"],
            ),
        )

    def at(self, address: str | None) -> Self:
        """The same person, addressed elsewhere than at the account's address if an address is given."""
        if address is None:
            return self
        return replace(self, recipient=self.recipient.model_copy(update={"email": address}))


async def find_candidates(
    organisation_id: UUID, ids: Collection[UUID], kinds: Collection[str], *, all_staff: bool
) -> dict[UUID, KnownPerson]:
    """The people with these ids, and agents and admins: all of them, or those who subscribed to one of `kinds`."""
    involved = {"organisation_id": organisation_id, "_id": {"$in": list(ids)}}
    staff: dict[str, Any] = {"organisation_id": organisation_id, "role": {"$in": sorted(STAFF_ROLES)}}
    if not all_staff:
        staff["subscribed_kinds"] = {"$in": list(kinds)}
    query = {"$or": [involved, staff]} if kinds else involved
    found = Person.get_pymongo_collection().find(query, _FIELDS)
    return {document["_id"]: KnownPerson.of(document) async for document in found}


async def count_staff(organisation_id: UUID, *, limit: int) -> int:
    """The active agents and admins, `limit` at most."""
    query = {"organisation_id": organisation_id, "role": {"$in": sorted(STAFF_ROLES)}, "active": True}
    return await Person.get_pymongo_collection().count_documents(query, limit=limit)


async def get_caller(user: Principal) -> Person:
    """Raises Unavailable until auth's event about a new account has arrived."""
    try:
        return await Person.load(user.user_id, user)
    except NotFound:
        raise Unavailable("Your account is still being set up. Try again in a moment.") from None
