"""How far the relay is behind. Only the replica that holds the lease knows it; the others report zero."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime

from prometheus_client import Gauge

from common.mongo import Database
from common.outbox.held_back import HEALTHY, WAITING

TIMES = {"$gte": datetime.min.replace(tzinfo=UTC), "$lte": datetime.max.replace(tzinfo=UTC)}
"""Matches only dates, and only those that Python can represent."""

oldest_gauge = Gauge(
    "helpdesk_relay_lag_seconds",
    "Age of the oldest event that is saved but not yet published, without those held back.",
)
waiting_gauge = Gauge("helpdesk_relay_waiting_documents", "Documents with events that are not yet published.")
held_back_gauge = Gauge(
    "helpdesk_relay_held_back_documents", "Documents whose events cannot be published; each waits alone."
)


async def measure_lag(db: Database, collections: Iterable[str]) -> None:
    oldest = None
    waiting = healthy = 0
    for collection in collections:
        documents = db[collection]
        # Without the hint the planner reads the whole collection.
        waiting += await documents.count_documents(WAITING, hint="outbox")
        healthy += await documents.count_documents(HEALTHY, hint="outbox")
        readable = HEALTHY | {"outbox.0.time": TIMES}
        found = documents.find(readable, {"outbox": {"$slice": 1}}, hint="outbox").sort("outbox.0.id").limit(1)
        for first in await found.to_list():
            at = first["outbox"][0]["time"]
            oldest = min(oldest or at, at)
    waiting_gauge.set(waiting)
    held_back_gauge.set(waiting - healthy)
    since = oldest.timestamp() if oldest else None
    oldest_gauge.set_function(lambda: time.time() - since if since else 0.0)


def reset_lag() -> None:
    oldest_gauge.set_function(lambda: 0.0)
    waiting_gauge.set(0)
    held_back_gauge.set(0)
