"""The clock of the database server: for times that replicas compare, whose own clocks may differ."""

import time
from datetime import datetime, timedelta

from common import clock
from common.mongo import Database

MAX_AGE_SECONDS = 5.0


class DatabaseClock:
    """Reads the server's time, and counts on from it with the monotonic clock of this process for a few seconds."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._read: datetime | None = None
        self._read_at = 0.0

    async def now(self) -> datetime:
        """The server's time in UTC, at most a round trip late. Raises PyMongoError."""
        age = time.monotonic() - self._read_at
        if self._read is None or age > MAX_AGE_SECONDS:
            answer = await self._db.command("hello", codec_options=self._db.codec_options)
            self._read, self._read_at, age = answer["localTime"], time.monotonic(), 0.0
        return clock.truncated(self._read + timedelta(seconds=age))
