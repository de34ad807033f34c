"""A local copy of mailer's suppression list, for services that say to which addresses emails are not delivered."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from pymongo import ASCENDING, IndexModel

from common.addresses import address_key
from common.events import Envelope, Event
from common.events.mailer import SuppressionAdded, SuppressionRemoved
from common.idempotent_consumer import upsert_if_newer
from common.messaging.results import ACK, HandlerResult
from common.messaging.router import Handler
from common.mongo import Database

MISSING_MAILBOX = "permanent_failure"
"""The reason of an entry that no person added."""
MANUAL = "manual"
"""The reason of an entry whose author typed none. The person concerned reads it instead of any typed reason."""

COLLECTION = "suppressed_addresses"
INDEXES = [IndexModel([("address", ASCENDING), ("organisation_id", ASCENDING)])]


class SuppressedAddresses:
    """One document per address that was ever on the list of its organisation; `reason` is null once it is removed."""

    def __init__(self, db: Database) -> None:
        self._addresses = db[COLLECTION]

    @property
    def subscriptions(self) -> Mapping[type[Event], Handler]:
        """Handlers of `services.SUPPRESSION_EVENTS`."""
        return {SuppressionAdded: self.store, SuppressionRemoved: self.store}

    async def store(self, event: SuppressionAdded | SuppressionRemoved, envelope: Envelope) -> HandlerResult:
        """Handler."""
        copy = {
            "organisation_id": envelope.organisation_id,
            "address": address_key(event.email),
            "reason": event.reason if isinstance(event, SuppressionAdded) else None,
        }
        await upsert_if_newer(self._addresses, envelope.aggregate_id, envelope.sequence, copy)
        return ACK

    async def reason_of(self, organisation_id: UUID, email: str) -> str | None:
        """Why emails to the address are not delivered; null if they are."""
        return (await self.reasons_of(organisation_id, [email])).get(email)

    async def cause_of(self, organisation_id: UUID, email: str) -> str | None:
        """`reason_of` for the person concerned: MISSING_MAILBOX or MANUAL. What an admin typed is for staff."""
        reason = await self.reason_of(organisation_id, email)
        return reason if reason in (None, MISSING_MAILBOX) else MANUAL

    async def reasons_of(self, organisation_id: UUID, emails: Collection[str]) -> dict[str, str]:
        """Those of the addresses to which emails are not delivered, with the reason."""
        keys = {email: address_key(email) for email in emails}
        query = {"address": {"$in": list(set(keys.values()))}, "organisation_id": organisation_id}
        found = self._addresses.find({**query, "reason": {"$ne": None}})
        reasons = {each["address"]: each["reason"] async for each in found}
        return {email: reasons[key] for email, key in keys.items() if key in reasons}


def lookup_stage(result: str) -> dict[str, Any]:
    """A stage of an aggregation that adds the entries of the list for the `address` of a person as the array
    `result`."""
    return {
        "$lookup": {
            "from": COLLECTION,
            "localField": "address",
            "foreignField": "address",
            "let": {"organisation_id": "$organisation_id"},
            "pipeline": [
                {"$match": {"reason": {"$ne": None}, "$expr": {"$eq": ["$organisation_id", "$$organisation_id"]}}}
            ],
            "as": result,
        }
    }
