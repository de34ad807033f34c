"""An aggregate whose events cannot be published is held back alone: its document says why and until when.

The mark is in the document, so that a query leaves the document out, another replica knows of it, and it ends with the
outbox.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from common import clock
from common.mongo import Database

log = structlog.get_logger("relay")

MAX_DELAY_SECONDS = 60.0
WAITING: dict[str, Any] = {"outbox.0": {"$exists": True}}
HEALTHY = WAITING | {"held_back": None}


def due() -> dict[str, Any]:
    """A filter: documents with events, without those that are held back at the moment."""
    return WAITING | {"held_back.until": {"$not": {"$gt": clock.now()}}}


@dataclass(frozen=True)
class HeldBack:
    """`attempts` failed to publish the events of an aggregate since `since`; the last one by `reason`."""

    aggregate_id: UUID
    reason: str
    attempts: int
    since: datetime
    until: datetime


async def hold_back(db: Database, collection: str, document: dict[str, Any], reason: str) -> None:
    """Exponential backoff: for 1 s, then 2 s, up to `MAX_DELAY_SECONDS`. `document` is as the relay read it."""
    before = document.get("held_back") or {"attempts": 0, "since": clock.now()}
    seconds = min(2.0 ** before["attempts"], MAX_DELAY_SECONDS)
    mark = {
        "reason": reason[:1000],
        "attempts": before["attempts"] + 1,
        "since": before["since"],
        "until": clock.now() + timedelta(seconds=seconds),
    }
    # Only where it still has events: a relay that was paused may come late.
    await db[collection].update_one({"_id": document["_id"]} | WAITING, {"$set": {"held_back": mark}})
    log.error(
        "events held back", collection=collection, aggregate_id=str(document["_id"]), reason=reason, retry_in=seconds
    )


async def release(db: Database, collection: str, document_id: UUID) -> None:
    await db[collection].update_one({"_id": document_id}, {"$unset": {"held_back": ""}})


async def held_back(db: Database, collections: Iterable[str]) -> AsyncIterator[HeldBack]:
    """For an operator."""
    for collection in collections:
        query = WAITING | {"held_back": {"$ne": None}}
        async for found in db[collection].find(query, {"held_back": 1}).hint("outbox"):
            yield HeldBack(found["_id"], **found["held_back"])
