"""The trail itself: one entry for each event, built from what is heard."""

from collections.abc import Sequence
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from common.events import Envelope, Event
from common.ids import PLATFORM
from common.messaging.results import ACK, HandlerResult
from common.messaging.router import Handlers
from common.mongo import Database, insert_ignore_existing
from common.request_batcher import RequestBatcher
from tickets.audit.actions import AUDITED, entry_of

COLLECTION = "audit"
_ORGANISATION, _NEWEST = ("organisation_id", ASCENDING), ("_id", DESCENDING)
INDEXES = [
    IndexModel([_ORGANISATION, _NEWEST]),
    IndexModel([_ORGANISATION, ("actor.id", ASCENDING), _NEWEST]),
    IndexModel([_ORGANISATION, ("action", ASCENDING), _NEWEST]),
    IndexModel([_ORGANISATION, ("entity.type", ASCENDING), _NEWEST]),
    IndexModel([_ORGANISATION, ("entity.id", ASCENDING), _NEWEST]),
]


class Trail:
    """Append-only. An entry has the id of its event, so hearing an event again, or all of them, adds nothing."""

    def __init__(self, db: Database) -> None:
        self._entries = db[COLLECTION]
        # Nearly every event of every service comes by here: one write for each would cost more than all else about it.
        self._written = RequestBatcher(self._write)

    @property
    def subscriptions(self) -> Handlers:
        """Everything that is audited."""
        return dict.fromkeys(AUDITED, self.note)

    async def note(self, event: Event, envelope: Envelope) -> HandlerResult:
        """Handler: this happened. What belongs to no organisation, such as a log-in to one that does not exist, has no
        admin to read of it."""
        if envelope.organisation_id != PLATFORM:
            await self._written(entry_of(event, envelope))
        return ACK

    async def _write(self, entries: Sequence[dict[str, Any]]) -> Sequence[None]:
        await insert_ignore_existing(self._entries, entries)
        return [None] * len(entries)
