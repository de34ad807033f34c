"""Who has switched off emails of a kind, from the events of notifications.

notifications requests no email that its recipient does not want. A mail that waits was requested before.
"""

from uuid import UUID

from pymongo import IndexModel

from common.audiences import Channel, scope_of
from common.events import Envelope
from common.events.notifications import PreferencesUpdated
from common.idempotent_consumer import upsert_if_newer
from common.ids import derived_id
from common.messaging.results import ACK, HandlerResult
from common.mongo import Database
from mailer.mail.document import Mail

OPT_OUTS = "opt_outs"
INDEXES: dict[str, list[IndexModel]] = {OPT_OUTS: []}


class OptOuts:
    """One document for each person, kind and scope that was ever chosen."""

    def __init__(self, db: Database) -> None:
        self._collection = db[OPT_OUTS]

    async def store(self, event: PreferencesUpdated, envelope: Envelope) -> HandlerResult:
        """Handler. Defaults of an organisation stop no mail that was requested before."""
        if event.defaults_for is not None:
            return ACK
        for key, change in event.changes.items():
            kind, scope, channel = key.split(".")
            if channel == Channel.EMAIL:
                copy = {"switched_off_at": envelope.time if change.after == "never" else None}
                id_ = _id(envelope.aggregate_id, kind, scope)
                await upsert_if_newer(self._collection, id_, envelope.sequence, copy)
        return ACK

    async def include(self, mail: Mail) -> bool:
        """Whether the recipient has switched off such mails since this one was requested."""
        if mail.unsubscribe_token is None:
            return False  # mandatory
        id_ = _id(mail.recipient.id, mail.kind, scope_of(mail.audience))
        switched_off = {"_id": id_, "switched_off_at": {"$gt": mail.requested_at}}
        return await self._collection.find_one(switched_off, {"_id": 1}) is not None


def _id(person_id: UUID, kind: str, scope: str) -> UUID:
    return derived_id("opt_out", person_id, kind, scope)
