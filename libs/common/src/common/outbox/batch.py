"""One batch of documents: their events go to the event log, then to the stream, then leave the documents.

Killed between any two of these steps, the relay does the last one again after restart: the log knows the event's id,
JetStream knows it for its de-duplication window, and consumers know it forever.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any
from uuid import UUID

from prometheus_client import Counter

from common.events import Envelope
from common.messaging.publisher import PublishRefused
from common.mongo import Database
from common.outbox.event_log import EventLog
from common.outbox.held_back import hold_back, release

BATCH = 256
"""Documents read at a time; their events are published with that many acknowledgements in flight."""
CLEARED_SECONDS = 1.0
"""How long a majority's view may still show events that were removed. After that they are removed again."""

UNREADABLE = (ValueError, TypeError, LookupError)
"""What reading or encoding an event raises that is not one."""

published_total = Counter("helpdesk_relay_published_total", "Events published to the stream.", ["type"])

Publish = Callable[[Envelope], Awaitable[None]]
"""Returns once the broker has stored the event. Raises PublishRefused, or Unavailable when it is away."""


class BatchPublisher:
    """`db` reads what a majority has."""

    def __init__(self, db: Database, log: EventLog, publish: Publish) -> None:
        self._db = db
        self._log = log
        self._publish = publish
        self._published: dict[UUID, float] = {}

    async def publish(self, collection: str, documents: Sequence[dict[str, Any]]) -> None:
        """Holds back each document whose events cannot be read, contradict the log or are refused by the broker.
        Raises Unavailable when the broker is away, after clearing what it took before."""
        problems: dict[UUID, str] = {}
        outboxes: dict[UUID, list[Envelope]] = {}
        for document in documents:
            try:
                outbox = _read(document)
            except UNREADABLE as error:
                problems[document["_id"]] = " ".join(f"unreadable: {error}".split())
            else:
                if not self._was_cleared(outbox):
                    outboxes[document["_id"]] = outbox
        await self._append_to_log(outboxes, problems)
        published: list[UUID] = []
        publishing = [self._publish_in_order(outbox, published) for outbox in outboxes.values()]
        outcomes = await asyncio.gather(*publishing, return_exceptions=True)
        await self._clear(collection, outboxes, published)
        errors = {id_: failure for id_, failure in zip(outboxes, outcomes, strict=True) if failure is not None}
        for id_, failure in errors.items():
            if isinstance(failure, (PublishRefused, *UNREADABLE)):
                problems[id_] = str(failure)
        for document in documents:
            if reason := problems.get(document["_id"]):
                await hold_back(self._db, collection, document, reason)
            elif document.get("held_back") and document["_id"] not in errors:
                await release(self._db, collection, document["_id"])
        for id_ in errors.keys() - problems.keys():
            raise errors[id_]

    def _was_cleared(self, outbox: Sequence[Envelope]) -> bool:
        since = time.monotonic() - CLEARED_SECONDS
        return all(self._published.get(event.id, since) > since for event in outbox)

    async def _append_to_log(self, outboxes: dict[UUID, list[Envelope]], problems: dict[UUID, str]) -> None:
        """Moves documents that contradict the log from `outboxes` to `problems`."""
        events = [event for outbox in outboxes.values() for event in outbox if event.id not in self._published]
        refused = await self._log.append(events) if events else set()
        for id_, outbox in list(outboxes.items()):
            if contradicting := [event.sequence for event in outbox if event.id in refused]:
                problems[id_] = f"the event log has another event with sequence {contradicting[0]}"
                del outboxes[id_]

    async def _publish_in_order(self, outbox: Sequence[Envelope], published: list[UUID]) -> None:
        """Each event after the one before is acknowledged. Adds the ids of the acknowledged ones to `published`."""
        for envelope in outbox:
            if envelope.id not in self._published:
                await self._publish(envelope)
                published_total.labels(envelope.type).inc()
            published.append(envelope.id)

    async def _clear(self, collection: str, ids: Collection[UUID], published: Sequence[UUID]) -> None:
        if not published:
            return
        pull = {"$pull": {"outbox": {"id": {"$in": published}}}}
        await self._db[collection].update_many({"_id": {"$in": list(ids)}}, pull)
        self._published.update(dict.fromkeys(published, time.monotonic()))
        while len(self._published) > 16 * BATCH:
            del self._published[next(iter(self._published))]


def _read(document: dict[str, Any]) -> list[Envelope]:
    """Raises one of UNREADABLE where an entry is not an event."""
    events = [Envelope(**entry) for entry in document["outbox"]]
    if not all(isinstance(entry["id"], UUID) for entry in document["outbox"]):
        raise ValueError("an id is no UUID")
    return events
