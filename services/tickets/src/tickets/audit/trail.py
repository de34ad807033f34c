"""The stored audit trail: one entry per event."""

from collections.abc import Sequence
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from common.events import Envelope, Event
from common.ids import PLATFORM
from common.messaging.results import ACK, HandlerResult
from common.mongo import Database, insert_ignore_existing
from common.request_batcher import RequestBatcher
from tickets.domain.audit_actions import audit_entry

COLLECTION = "audit"
_ORGANISATION, _NEWEST = ("organisation_id", ASCENDING), ("_id", DESCENDING)
INDEXES = [
    IndexModel([_ORGANISATION, _NEWEST]),
    IndexModel([_ORGANISATION, ("actor.id", ASCENDING), _NEWEST]),
    IndexModel([_ORGANISATION, ("action", ASCENDING), _NEWEST]),
    IndexModel([_ORGANISATION, ("entity.type", ASCENDING), _NEWEST]),
    IndexModel([_ORGANISATION, ("entity.id", ASCENDING), _NEWEST]),
]


class AuditTrail:
    """Append-only. The id of an entry follows from its event, so a repeated event adds none."""

    def __init__(self, db: Database) -> None:
        self._entries = db[COLLECTION]
        # Nearly every event of every service is audited: one write for each would cost more than its handling.
        self._batcher = RequestBatcher(self._write)

    async def append(self, event: Event, envelope: Envelope) -> HandlerResult:
        """Handler. Events without an organisation, such as a login to an unknown one, have no admin who could read
        them."""
        if envelope.organisation_id != PLATFORM:
            await self._batcher(audit_entry(event, envelope))
        return ACK

    async def _write(self, entries: Sequence[dict[str, Any]]) -> Sequence[None]:
        await insert_ignore_existing(self._entries, entries)
        return [None] * len(entries)
