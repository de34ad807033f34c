"""An answer that goes on: notifications as they come, until the session, the client, or this process is at its end.

It holds a page of notifications at most, and reads the next one when that is sent: a client that is slow costs no
memory, and one that takes nothing for long is cut off.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog
from pymongo.errors import PyMongoError
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from common.errors import Unauthenticated, Unavailable
from common.mongo import is_outage
from common.principal import Principal
from notifications.notification import queries
from notifications.stream import sse
from notifications.stream.readers import Readers

log = structlog.get_logger("stream")

HEARTBEAT_SECONDS = 15.0
LOOK_SECONDS = 5.0
"""How long something new may go unnoticed when no word of it came."""
TRUST_SECONDS = 0.5
"""How long a stream may outlive its session."""
SLOW_SECONDS = 30.0
"""How long a client may take nothing before it is cut off."""
PAGE = 100


class _TooSlow(Exception):
    """The client takes nothing, though there is something for it."""


@dataclass(frozen=True)
class Reader:
    """Whose notifications, and what ends the stream besides the client: `still_trusted` raising, `stopping`, and
    `seconds`."""

    user: Principal
    still_trusted: Callable[[], Awaitable[Principal]]
    readers: Readers
    stopping: asyncio.Event
    seconds: float


class NotificationStream(Response):
    """Everything in the inbox after `position`, and then everything that comes, in order, once.

    Written out here, and not as a generator for StreamingResponse: that one cancels what it waits for when the client
    goes, and a database operation must not be cancelled (docs/decisions/0010).
    """

    media_type = "text/event-stream"

    def __init__(self, reader: Reader, position: int) -> None:
        # NGINX and what understands its header: pass each event on at once (nginx.org, proxy_buffering).
        super().__init__(headers={"X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._reader = reader
        self._position = position
        self._gone = False
        self._sent_at = 0.0

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Sends until the end."""
        with self._reader.readers.listening(self._reader.user.user_id) as woken:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            watching = [
                asyncio.create_task(self._until_gone(receive, woken), name="stream: client"),
                asyncio.create_task(self._until_stopping(woken), name="stream: process"),
            ]
            try:
                await self._send(send, sse.opening(self._position))
                await self._tell(send, woken)
            except _TooSlow:
                log.info("a slow reader was cut off", user_id=str(self._reader.user.user_id))
            finally:
                for task in watching:
                    task.cancel()

    async def _tell(self, send: Send, woken: asyncio.Event) -> None:
        ends_at = time.monotonic() + self._reader.seconds
        looked_at = float("-inf")
        while not self._gone:
            if reason := await self._reason_to_end(ends_at):
                await self._send(send, sse.event("end", {"reason": reason}), last=True)
                return
            if woken.is_set() or time.monotonic() - looked_at >= LOOK_SECONDS:
                woken.clear()  # first: what comes while we read wakes us again
                looked_at = time.monotonic()
                if await self._send_new(send):
                    woken.set()  # there may be more
            if time.monotonic() - self._sent_at >= HEARTBEAT_SECONDS:
                await self._send(send, sse.HEARTBEAT)
            with suppress(TimeoutError):
                async with asyncio.timeout(TRUST_SECONDS):
                    await woken.wait()

    async def _send_new(self, send: Send) -> bool:
        """Whether that was a full page."""
        try:
            new = await queries.after(self._reader.user, self._position, limit=PAGE)
        except PyMongoError as error:
            if not is_outage(error):
                raise
            log.warning("stream waits", reason=str(error))
            return False
        for notification in new:
            data = notification.model_dump(mode="json")
            await self._send(send, sse.event("notification", data, position=notification.position))
            self._position = notification.position
        return len(new) == PAGE

    async def _reason_to_end(self, ends_at: float) -> str | None:
        """What the client is told; it comes back with a new token, on another replica, or not at all."""
        if self._reader.stopping.is_set():
            return "stopping"
        if time.monotonic() >= ends_at:
            return "resume"
        try:
            await self._reader.still_trusted()
        except Unauthenticated as error:
            return error.slug
        except (Unavailable, PyMongoError):
            return None  # nothing is known against it
        return None

    async def _send(self, send: Send, body: bytes, *, last: bool = False) -> None:
        message: Message = {"type": "http.response.body", "body": body, "more_body": not last}
        try:
            async with asyncio.timeout(SLOW_SECONDS):
                await send(message)
        except TimeoutError:
            raise _TooSlow from None
        self._sent_at = time.monotonic()

    async def _until_gone(self, receive: Receive, woken: asyncio.Event) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        woken.set()

    async def _until_stopping(self, woken: asyncio.Event) -> None:
        await self._reader.stopping.wait()
        woken.set()
