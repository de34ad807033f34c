"""Keeps the copy of people up to date."""

from pymongo.errors import DuplicateKeyError

from common.events import Envelope
from common.events.auth import UserDeactivated, UserReactivated, UserRegistered, UserUpdated
from common.messaging.results import ACK, HandlerResult
from notifications.person.document import Person, initial_fields

_COPIED = {"email", "name", "role", "locale", "active", "email_verified"}


async def copy_person(
    event: UserRegistered | UserUpdated | UserDeactivated | UserReactivated, envelope: Envelope
) -> HandlerResult:
    """Handler. An older event changes nothing, and preferences stay."""
    people = Person.get_pymongo_collection()
    copy = {**event.person.model_dump(include=_COPIED), "organisation_id": envelope.organisation_id}
    older = {"_id": envelope.aggregate_id, "source_sequence": {"$lt": envelope.sequence}}
    update = {"$set": {**copy, "source_sequence": envelope.sequence}}
    try:
        await people.update_one(older, {**update, "$setOnInsert": initial_fields()}, upsert=True)
    except DuplicateKeyError:
        # The person exists: newer, equal, or inserted by another replica just now and possibly older.
        await people.update_one(older, update)
    return ACK
