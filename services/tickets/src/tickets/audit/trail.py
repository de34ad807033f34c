"""The trail itself: one entry for each event, built from what is heard."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import BulkWriteError

from common.events import Envelope, Event
from common.ids import PLATFORM
from common.messaging.router import Subscriptions
from common.messaging.verdicts import DONE, Verdict
from common.mongo import Database
from tickets.audit.actions import AUDITED, entry_of

COLLECTION = "audit"
DUPLICATE_KEY = 11000
_ORGANISATION, _NEWEST = ("organisation_id", ASCENDING), ("_id", DESCENDING)
INDEXES = [
    IndexModel([_ORGANISATION, _NEWEST]),
    IndexModel([_ORGANISATION, ("actor.id", ASCENDING), _NEWEST]),
    IndexModel([_ORGANISATION, ("action", ASCENDING), _NEWEST]),
    IndexModel([_ORGANISATION, ("entity.type", ASCENDING), _NEWEST]),
    IndexModel([_ORGANISATION, ("entity.id", ASCENDING), _NEWEST]),
]


@dataclass
class _Group:
    """Entries that are written together, and the task that does so."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    writing: asyncio.Task[None] | None = None


class Trail:
    """Append-only. An entry has the id of its event, so hearing an event again, or all of them, adds nothing.

    Nearly every event of every service comes by here, and one write for each would cost more than all else about it. So
    what comes while one group is being written is the next group. Nobody waits for a group to fill.
    """

    def __init__(self, db: Database) -> None:
        self._entries = db[COLLECTION]
        self._group = _Group()
        self._one_at_a_time = asyncio.Lock()

    @property
    def subscriptions(self) -> Subscriptions:
        """Everything that is audited."""
        return dict.fromkeys(AUDITED, self.note)

    async def note(self, event: Event, envelope: Envelope) -> Verdict:
        """Handler: this happened. What belongs to no organisation, such as a log-in to one that does not exist, has no
        admin to read of it."""
        if envelope.organisation_id == PLATFORM:
            return DONE
        group = self._group
        group.entries.append(entry_of(event, envelope))
        if group.writing is None:
            group.writing = asyncio.create_task(self._write(group), name="audit trail")
        await asyncio.shield(group.writing)  # others wait for it too
        return DONE

    async def _write(self, group: _Group) -> None:
        async with self._one_at_a_time:
            self._group = _Group()
            try:
                await self._entries.insert_many(group.entries, ordered=False)
            except BulkWriteError as error:
                problems = error.details["writeErrors"]
                if error.details["writeConcernErrors"] or any(each["code"] != DUPLICATE_KEY for each in problems):
                    raise
