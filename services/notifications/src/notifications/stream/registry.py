"""The live streams that are open in this process, by person."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog
from prometheus_client import Gauge

from common.errors import TooManyRequests

log = structlog.get_logger("stream")

streams_gauge = Gauge("helpdesk_open_streams", "Live streams that are open in this process.")

_RETRY_AFTER_SECONDS = 10


class StreamRegistry:
    """Wakes the streams of a person when one of the replicas has written to their inbox (services.py, `broadcasts`)."""

    def __init__(self, *, per_person: int) -> None:
        self._per_person = per_person
        self._streams: defaultdict[UUID, set[asyncio.Event]] = defaultdict(set)

    @contextmanager
    def register(self, person_id: UUID) -> Iterator[asyncio.Event]:
        """An event that is set whenever the inbox may have changed. Raises TooManyRequests."""
        if len(self._streams[person_id]) >= self._per_person:
            raise TooManyRequests(
                f"You already have {self._per_person} live streams open. Close one of them first.",
                limit=self._per_person,
                retry_after=_RETRY_AFTER_SECONDS,
            )
        inbox_changed = asyncio.Event()
        self._streams[person_id].add(inbox_changed)
        streams_gauge.inc()
        try:
            yield inbox_changed
        finally:
            streams_gauge.dec()
            self._streams[person_id].discard(inbox_changed)
            if not self._streams[person_id]:
                del self._streams[person_id]

    def on_broadcast(self, subject: str, body: bytes) -> None:
        """`body` is a JSON list of the people whose inbox has changed. Streams then read the database."""
        if not self._streams:
            return
        try:
            people = [UUID(each) for each in json.loads(body)]
        except (ValueError, TypeError, AttributeError) as error:
            log.warning("malformed broadcast", subject=subject, reason=str(error))
            return
        for person_id in people:
            for inbox_changed in self._streams.get(person_id, ()):
                inbox_changed.set()
