"""Whether the SMTP server takes mail: known to all replicas, and to the outbox."""

import time
from datetime import datetime
from typing import Any

from prometheus_client import Gauge
from pydantic import BaseModel
from pymongo.errors import DuplicateKeyError

from common.mongo import Database, upsert_computed

COLLECTION = "smtp_server"
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
READ_SECONDS = 1.0

_ID = "smtp"

unavailable_gauge = Gauge(
    "helpdesk_mail_server_unavailable",
    "1 while the SMTP server takes no mail, from its first refusal on until it takes one or none waits.",
)


class ServerOutage(BaseModel):
    """An outage of the SMTP server. `reason` is its last answer, without a text that may quote a
    recipient: admins of every organisation read it. No mail is sent before `paused_until`."""

    reason: str
    since: datetime
    paused_until: datetime


async def find_outage(db: Database) -> ServerOutage | None:
    """The present outage, if there is one."""
    found = await db[COLLECTION].find_one({"_id": _ID})
    return ServerOutage.model_validate(found) if found is not None else None


class ServerStatus:
    """Pauses all mails of all replicas while the server is unavailable, longer each time that it still is after a
    pause."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.is_available = True
        self._paused_until = 0.0
        self._read_at = float("-inf")

    @property
    def pause_seconds(self) -> float:
        """How long no mail is to be sent; 0 if there is no pause."""
        return max(self._paused_until - time.monotonic(), 0.0)

    async def read(self) -> None:
        """Learns what other replicas noted, at most once in READ_SECONDS."""
        if time.monotonic() - self._read_at >= READ_SECONDS:
            self._read_at = time.monotonic()
            query = [{"$match": {"_id": _ID}}, {"$set": {"now": "$$NOW"}}]
            found = await (await self._db[COLLECTION].aggregate(query)).to_list()
            self._adopt(found[0] if found else None)

    async def note_unavailable(self, reason: str) -> None:
        """Begins or prolongs the outage. A pause that is running is not prolonged."""
        is_over = {"$not": [{"$gt": ["$paused_until", "$$NOW"]}]}
        doubled = {"$multiply": [{"$ifNull": ["$pause_seconds", FIRST_PAUSE_SECONDS / 2]}, 2]}
        pause = {"$cond": [is_over, {"$min": [doubled, LONGEST_PAUSE_SECONDS]}, "$pause_seconds"]}
        milliseconds = {"$toInt": {"$multiply": [pause, 1000]}}
        until = {"$dateAdd": {"startDate": "$$NOW", "unit": "millisecond", "amount": milliseconds}}
        noted = {
            "reason": {"$literal": reason},
            "since": {"$ifNull": ["$since", "$$NOW"]},
            "pause_seconds": pause,
            "paused_until": {"$cond": [is_over, until, "$paused_until"]},
            "now": "$$NOW",
        }
        try:
            self._adopt(await upsert_computed(self._db[COLLECTION], _ID, noted))
        except DuplicateKeyError:  # a concurrent first refusal
            await self.note_unavailable(reason)

    async def note_available(self) -> None:
        """Ends the outage, if there is one."""
        if not self.is_available:
            await self._db[COLLECTION].delete_one({"_id": _ID})
            self._adopt(None)

    async def end_outage_without_mails(self) -> None:
        """Ends an outage whose pause is over. Without a mail, nothing shows that the server is available again."""
        is_over = {"$expr": {"$lte": ["$paused_until", "$$NOW"]}}  # another replica may have begun a new pause
        await self._db[COLLECTION].delete_one({"_id": _ID, **is_over})
        self._read_at = float("-inf")
        await self.read()

    def _adopt(self, outage: dict[str, Any] | None) -> None:
        self.is_available = outage is None
        unavailable_gauge.set(not self.is_available)
        left = (outage["paused_until"] - outage["now"]).total_seconds() if outage else 0.0
        self._paused_until = time.monotonic() + left
