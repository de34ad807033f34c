"""Who is listening in this process, so that word of a new notification wakes just those it is for."""

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

readers_gauge = Gauge("helpdesk_stream_readers", "Live streams that are open with this process.")

_CREATED = "notifications.notification.created."
_TRY_AGAIN_SECONDS = 10


class Readers:
    """Of one process. Every process hears of every notification (topology.OVERHEARS), whoever wrote it."""

    def __init__(self, *, per_person: int) -> None:
        self._per_person = per_person
        self._of: defaultdict[UUID, set[asyncio.Event]] = defaultdict(set)

    @contextmanager
    def listening(self, person_id: UUID) -> Iterator[asyncio.Event]:
        """An event that is set whenever there may be something new for that person. Raises TooManyRequests."""
        if len(self._of[person_id]) >= self._per_person:
            raise TooManyRequests(
                f"You have {self._per_person} live streams open; close one of them first.",
                limit=self._per_person,
                retry_after=_TRY_AGAIN_SECONDS,
            )
        woken = asyncio.Event()
        self._of[person_id].add(woken)
        readers_gauge.inc()
        try:
            yield woken
        finally:
            readers_gauge.dec()
            self._of[person_id].discard(woken)
            if not self._of[person_id]:
                del self._of[person_id]

    def hear(self, subject: str, body: bytes) -> None:
        """Somebody was told something. A hint: what it is, readers read in the database."""
        if not subject.startswith(_CREATED) or not self._of:
            return
        try:
            person_id = UUID(json.loads(body)["recipient_id"])
        except (ValueError, KeyError, TypeError) as error:
            log.warning("not a notification", subject=subject, reason=str(error))
            return
        for woken in self._of.get(person_id, ()):
            woken.set()
