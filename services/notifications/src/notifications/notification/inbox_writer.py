"""Appends notifications to inboxes, so that a reader who has seen position 7 has seen everything before it.

A writer assigns position 8 only after it saw that 7 is committed, and a unique index lets it be inserted once: a slower
writer gets a duplicate key and takes the next position. So nothing ever appears below what was already visible, and a
reader only remembers one number. Counters and clocks do not give that: the writer of 7 may be slower than the writer
of 8 (docs/decisions/0016).
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from random import SystemRandom
from typing import Any
from uuid import UUID

from pymongo.errors import BulkWriteError
from pymongo.read_concern import ReadConcern

from common.messaging.broadcaster import Broadcaster
from common.outbox.trigger import notify_committed
from common.request_batcher import RequestBatcher
from notifications.notification.document import IN_INBOX, Notification

DUPLICATE_KEY = 11000
_CACHED_INBOXES = 10_000
_MAX_PAUSE_SECONDS = 0.02
_random = SystemRandom()


class InboxWriter:
    """The only writer of its process, so it competes for positions only with other replicas."""

    def __init__(self, broadcaster: Broadcaster) -> None:
        self._broadcaster = broadcaster
        self._append = RequestBatcher(self._append_batch)
        self._last_positions: dict[UUID, int] = {}

    async def append(self, new: Sequence[Notification]) -> None:
        """Inserts the notifications whose id does not exist yet, with their events; those for the app get the next
        positions of their inbox. Idempotent, also between replicas."""
        if new:
            await self._append(new)

    async def _append_batch(self, batch: Sequence[Sequence[Notification]]) -> Sequence[None]:
        notifications = [each for new in batch for each in new]
        await self._insert(notifications)
        await self._broadcast(notifications)
        return [None] * len(batch)

    async def _insert(self, remaining: list[Notification]) -> None:
        """All of `remaining`, in their order."""
        collection = Notification.get_pymongo_collection()
        attempt = 0
        try:
            while remaining:
                await self._load_last_positions({(e.organisation_id, e.recipient_id) for e in remaining if e.in_app})
                self._assign_positions(remaining)
                try:
                    await collection.insert_many([each.to_insert() for each in remaining], ordered=True)
                except BulkWriteError as error:
                    inserted, key = _conflict(error)
                    self._cache(remaining[:inserted])
                    remaining = remaining[inserted:]
                    if key == {"_id": 1}:
                        remaining = await _not_inserted(remaining)
                    else:
                        # Another replica was faster, and its insert may take a moment to be majority-committed.
                        self._evict(each.recipient_id for each in remaining)
                        await asyncio.sleep(_random.uniform(0, min(0.001 * 2**attempt, _MAX_PAUSE_SECONDS)))
                        attempt += 1
                else:
                    self._cache(remaining)
                    remaining = []
        except BaseException:
            self._evict(each.recipient_id for each in remaining)  # some may be inserted
            raise
        finally:
            notify_committed(Notification.Settings.name)

    async def _broadcast(self, notifications: Iterable[Notification]) -> None:
        """Wakes the live streams of the recipients. A stream that misses it polls."""
        recipients: dict[UUID, set[str]] = defaultdict(set)
        for each in notifications:
            if each.in_app:
                recipients[each.organisation_id].add(str(each.recipient_id))
        for organisation_id, ids in recipients.items():
            subject = f"broadcast.notifications.inbox.{organisation_id}"
            await self._broadcaster.publish(subject, json.dumps(sorted(ids)).encode())

    async def _load_last_positions(self, inboxes: Collection[tuple[UUID, UUID]]) -> None:
        """The last position of each inbox that is not cached. Majority-committed: nothing may follow what a new primary
        could roll back."""
        unknown: dict[UUID, list[UUID]] = defaultdict(list)
        for organisation_id, recipient_id in inboxes:
            if recipient_id not in self._last_positions:
                unknown[organisation_id].append(recipient_id)
        for organisation_id, recipients in unknown.items():
            self._last_positions.update(dict.fromkeys(recipients, 0))
            self._last_positions.update(await _last_positions(organisation_id, recipients))
        while len(self._last_positions) > _CACHED_INBOXES + len(inboxes):
            del self._last_positions[next(iter(self._last_positions))]

    def _assign_positions(self, new: Iterable[Notification]) -> None:
        assigned: dict[UUID, int] = {}
        for each in new:
            if each.in_app:
                each.position = assigned.get(each.recipient_id, self._last_positions[each.recipient_id]) + 1
                assigned[each.recipient_id] = each.position

    def _cache(self, inserted: Iterable[Notification]) -> None:
        for each in inserted:
            if each.position is not None:
                self._last_positions.pop(each.recipient_id, None)  # becomes the most recent entry
                self._last_positions[each.recipient_id] = each.position

    def _evict(self, recipients: Iterable[UUID]) -> None:
        for recipient_id in recipients:
            self._last_positions.pop(recipient_id, None)


async def _last_positions(organisation_id: UUID, recipients: Sequence[UUID]) -> dict[UUID, int]:
    """One index step per inbox, whatever its size."""
    collection = Notification.get_pymongo_collection().with_options(read_concern=ReadConcern("majority"))
    last = await collection.aggregate(
        [
            {"$match": {"organisation_id": organisation_id, "recipient_id": {"$in": recipients}, **IN_INBOX}},
            {"$sort": {"organisation_id": 1, "recipient_id": 1, "position": -1}},
            {"$group": {"_id": "$recipient_id", "position": {"$first": "$position"}}},
        ],
        hint="position",
    )
    return {found["_id"]: found["position"] async for found in last}


async def _not_inserted(notifications: Sequence[Notification]) -> list[Notification]:
    ids = [each.id for each in notifications]
    existing = Notification.get_pymongo_collection().find({"_id": {"$in": ids}}, {"_id": 1})
    known = {found["_id"] async for found in existing}
    return [each for each in notifications if each.id not in known]


def _conflict(error: BulkWriteError) -> tuple[int, dict[str, Any]]:
    """How many were inserted before the duplicate key, and that key's pattern. Raises `error` if it is any other."""
    problems = error.details["writeErrors"]
    if error.details["writeConcernErrors"] or not problems or problems[0]["code"] != DUPLICATE_KEY:
        raise error
    return problems[0]["index"], problems[0]["keyPattern"]
