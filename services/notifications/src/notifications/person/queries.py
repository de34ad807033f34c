"""Whom an event may concern."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from common.errors import Unavailable
from common.events import Role
from common.events.auth import Locale
from common.events.notifications import Kind, Recipient
from common.principal import Principal
from notifications.person.document import Person
from notifications.policy import Candidate, Channel, Key, Scope

STAFF: tuple[Role, ...] = ("agent", "admin")
_READ = ["email", "name", "role", "locale", "active", "choices"]


@dataclass(frozen=True)
class KnownPerson:
    """Somebody this service can tell."""

    candidate: Candidate
    recipient: Recipient

    @classmethod
    def read(cls, document: dict[str, Any]) -> Self:
        """From how it is stored."""
        choices = {
            Key(each["kind"], Scope(each["scope"]), Channel(each["channel"])): each["when"]
            for each in document["choices"]
        }
        return cls(
            Candidate(document["_id"], document["role"], document["active"], choices),
            Recipient(id=document["_id"], email=document["email"], name=document["name"], locale=document["locale"]),
        )

    @classmethod
    def newcomer(cls, recipient: Recipient) -> Self:
        """Somebody who has no account yet."""
        return cls(Candidate(recipient.id, "customer", active=True), recipient)

    def reached_at(self, address: str | None) -> Recipient:
        """Who they are to the mailer; at another address than their own if one is given."""
        return self.recipient if address is None else self.recipient.model_copy(update={"email": address})

    @property
    def locale(self) -> Locale:
        """The language they read."""
        return self.recipient.locale


async def concerned(
    organisation_id: UUID, ids: Collection[UUID], kinds: Collection[Kind], *, all_staff: bool
) -> dict[UUID, KnownPerson]:
    """Those of `ids` that are known here, and agents and admins: all, or those who want to hear one of `kinds`."""
    staff = {"organisation_id": organisation_id, "role": {"$in": STAFF}}
    involved = {"organisation_id": organisation_id, "_id": {"$in": list(ids)}}
    others = staff if all_staff else {**staff, "wants": {"$in": list(kinds)}}
    query = {"$or": [involved, others]} if kinds else involved
    found = Person.get_pymongo_collection().find(query, _READ)
    return {document["_id"]: KnownPerson.read(document) async for document in found}


async def caller(user: Principal) -> Person:
    """Whoever calls. Raises Unavailable for the moment until auth's word about a new account is here."""
    found = await Person.find_one({"_id": user.user_id, "organisation_id": user.organisation_id})
    if found is None:
        raise Unavailable("Your account is not known here yet. Please try again in a moment.")
    return found
