"""Puts new notifications at the end of inboxes, so that a reader who has seen position 7 has seen everything before it.

Position 8 is given only by somebody who saw that 7 is there for good, and a unique index lets it be given once: who
comes second meets the first one's key and takes the next. So nothing ever appears below what was already visible, and
a reader needs to remember one number. (Counters and clocks do not give that: who is handed 7 may be slower than who is
handed 8.) docs/decisions/0016.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from pymongo.errors import BulkWriteError
from pymongo.read_concern import ReadConcern

from common.outbox.trigger import notify_committed
from common.request_batcher import RequestBatcher
from notifications.notification.document import IN_INBOX, Notification

DUPLICATE_KEY = 11000
_REMEMBERED = 10_000
_MAX_PAUSE_SECONDS = 0.02


class Positions:
    """One process's writer. It competes for positions with other replicas only, and not with itself."""

    def __init__(self) -> None:
        self._written = RequestBatcher(self._write_all)
        self._last: dict[UUID, int] = {}

    async def append(self, new: Sequence[Notification]) -> None:
        """Saves those of `new` whose id is not there yet, each with its events, and those for the app at the end of
        their inbox. Done again, or by two replicas at once, it completes what is missing."""
        if new:
            await self._written(new)

    async def _write_all(self, told: Sequence[Sequence[Notification]]) -> Sequence[None]:
        await self._write([each for new in told for each in new])
        return [None] * len(told)

    async def _write(self, left: list[Notification]) -> None:
        """All of `left`, from the first on, until nothing is left."""
        collection = Notification.get_pymongo_collection()
        attempt = 0
        try:
            while left:
                await self._learn_last({(each.organisation_id, each.recipient_id) for each in left if each.in_app})
                self._number(left)
                try:
                    await collection.insert_many([each.to_insert() for each in left], ordered=True)
                except BulkWriteError as error:
                    written, key = _conflict(error)
                    self._note(left[:written])
                    left = left[written:]
                    if key == {"_id": 1}:
                        left = await _not_there_yet(left)
                    else:
                        # Another replica was faster: what it wrote may take a moment to be there for good.
                        self._forget(each.recipient_id for each in left)
                        await asyncio.sleep(random.uniform(0, min(0.001 * 2**attempt, _MAX_PAUSE_SECONDS)))  # noqa: S311
                        attempt += 1
                else:
                    self._note(left)
                    left = []
        except BaseException:
            self._forget(each.recipient_id for each in left)  # nobody knows how far it got
            raise
        finally:
            notify_committed(Notification.Settings.name)

    async def _learn_last(self, inboxes: Collection[tuple[UUID, UUID]]) -> None:
        """The last position in each inbox that is not known. By a majority: what a new primary may not know of must
        not be followed by anything."""
        unknown: dict[UUID, list[UUID]] = defaultdict(list)
        for organisation_id, recipient_id in inboxes:
            if recipient_id not in self._last:
                unknown[organisation_id].append(recipient_id)
        for organisation_id, recipients in unknown.items():
            self._last.update(dict.fromkeys(recipients, 0))
            self._last.update(await _last_positions(organisation_id, recipients))
        while len(self._last) > _REMEMBERED + len(inboxes):
            del self._last[next(iter(self._last))]

    def _number(self, new: Iterable[Notification]) -> None:
        following: dict[UUID, int] = {}
        for each in new:
            if each.in_app:
                each.position = following.get(each.recipient_id, self._last[each.recipient_id]) + 1
                following[each.recipient_id] = each.position

    def _note(self, written: Iterable[Notification]) -> None:
        for each in written:
            if each.position is not None:
                self._last.pop(each.recipient_id, None)  # to the end of what is remembered
                self._last[each.recipient_id] = each.position

    def _forget(self, recipients: Iterable[UUID]) -> None:
        for recipient_id in recipients:
            self._last.pop(recipient_id, None)


async def _last_positions(organisation_id: UUID, recipients: Sequence[UUID]) -> dict[UUID, int]:
    """One step in the index for each, however much is in an inbox."""
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


async def _not_there_yet(notifications: Sequence[Notification]) -> list[Notification]:
    ids = [each.id for each in notifications]
    there = Notification.get_pymongo_collection().find({"_id": {"$in": ids}}, {"_id": 1})
    known = {found["_id"] async for found in there}
    return [each for each in notifications if each.id not in known]


def _conflict(error: BulkWriteError) -> tuple[int, dict[str, Any]]:
    """How many were written before the one whose key is taken, and which key that is. Raises `error` if it is none."""
    problems = error.details["writeErrors"]
    if error.details["writeConcernErrors"] or not problems or problems[0]["code"] != DUPLICATE_KEY:
        raise error
    return problems[0]["index"], problems[0]["keyPattern"]
