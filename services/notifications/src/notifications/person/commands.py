"""What notifications does when auth says how a person is now."""

from pymongo.errors import DuplicateKeyError

from common.events import Envelope
from common.events.auth import UserDeactivated, UserReactivated, UserRegistered, UserUpdated
from common.messaging.results import ACK, HandlerResult
from notifications.person.document import Person, blank

_COPIED = {"email", "name", "role", "locale", "active"}


async def remember(
    event: UserRegistered | UserUpdated | UserDeactivated | UserReactivated, envelope: Envelope
) -> HandlerResult:
    """Handler. What came from a later event stays, as does what they chose here."""
    people = Person.get_pymongo_collection()
    copy = {**event.person.model_dump(include=_COPIED), "organisation_id": envelope.organisation_id}
    older = {"_id": envelope.aggregate_id, "heard": {"$lt": envelope.sequence}}
    update = {"$set": {**copy, "heard": envelope.sequence}}
    try:
        await people.update_one(older, {**update, "$setOnInsert": blank()}, upsert=True)
    except DuplicateKeyError:
        # There is one: newer, or this very one, or one that another replica made at this moment and that may be older.
        await people.update_one(older, update)
    return ACK
