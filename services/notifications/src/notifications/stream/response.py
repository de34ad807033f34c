"""A streaming response: notifications as they arrive, until the session, the client or this process ends.

It holds at most one page of notifications and reads the next one when that is sent: a slow client costs no memory, and
one that stops reading is disconnected.
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
from notifications.stream.registry import StreamRegistry

log = structlog.get_logger("stream")

HEARTBEAT_SECONDS = 15.0
POLL_SECONDS = 5.0
"""The longest a new notification goes unnoticed when its broadcast is lost."""
REAUTHENTICATION_SECONDS = 0.5
"""The longest a stream outlives its session."""
SEND_TIMEOUT_SECONDS = 30.0
"""How long a client may not read before it is disconnected."""
PAGE_SIZE = 100


class _SlowClient(Exception):
    """The client does not read what was sent."""


@dataclass(frozen=True)
class StreamContext:
    """Whose notifications, and what ends the stream besides the client: `reauthenticate` raising, `stopping`, and
    `seconds`."""

    user: Principal
    reauthenticate: Callable[[], Awaitable[Principal]]
    registry: StreamRegistry
    stopping: asyncio.Event
    seconds: float


class NotificationStream(Response):
    """Sends everything in the inbox after `position`, and then every new notification, in order and once.

    Not a generator for StreamingResponse: that one cancels what it awaits when the client disconnects, and a database
    operation must not be cancelled (docs/decisions/0010).
    """

    media_type = "text/event-stream"

    def __init__(self, context: StreamContext, position: int) -> None:
        # NGINX and proxies that know this header pass each event on at once (nginx.org, proxy_buffering).
        super().__init__(headers={"X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._context = context
        self._position = position
        self._disconnected = False
        self._sent_at = 0.0

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Sends until the end."""
        with self._context.registry.register(self._context.user.user_id) as wake_up:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            watchers = [
                asyncio.create_task(self._watch_client(receive, wake_up), name="stream: client"),
                asyncio.create_task(self._watch_process(wake_up), name="stream: process"),
            ]
            try:
                await self._send(send, sse.start(self._position))
                await self._send_notifications(send, wake_up)
            except _SlowClient:
                log.info("slow client disconnected", user_id=str(self._context.user.user_id))
            finally:
                for task in watchers:
                    task.cancel()

    async def _send_notifications(self, send: Send, wake_up: asyncio.Event) -> None:
        ends_at = time.monotonic() + self._context.seconds
        polled_at = float("-inf")
        while not self._disconnected:
            if reason := await self._reason_to_end(ends_at):
                await self._send(send, sse.event("end", {"reason": reason}), last=True)
                return
            if wake_up.is_set() or time.monotonic() - polled_at >= POLL_SECONDS:
                wake_up.clear()  # first: what arrives during the read sets it again
                polled_at = time.monotonic()
                if await self._send_page(send):
                    wake_up.set()  # there may be more
            if time.monotonic() - self._sent_at >= HEARTBEAT_SECONDS:
                await self._send(send, sse.HEARTBEAT)
            with suppress(TimeoutError):
                async with asyncio.timeout(REAUTHENTICATION_SECONDS):
                    await wake_up.wait()

    async def _send_page(self, send: Send) -> bool:
        """Whether the page was full."""
        try:
            new = await queries.list_after(self._context.user, self._position, limit=PAGE_SIZE)
        except PyMongoError as error:
            if not is_outage(error):
                raise
            log.warning("stream waits for the database", reason=str(error))
            return False
        for notification in new:
            data = notification.model_dump(mode="json")
            await self._send(send, sse.event("notification", data, position=notification.position))
            self._position = notification.position
        return len(new) == PAGE_SIZE

    async def _reason_to_end(self, ends_at: float) -> str | None:
        """Sent to the client, which reconnects with a new token, to another replica, or not at all."""
        if self._context.stopping.is_set():
            return "stopping"
        if time.monotonic() >= ends_at:
            return "resume"
        try:
            await self._context.reauthenticate()
        except Unauthenticated as error:
            return error.slug
        except (Unavailable, PyMongoError):
            return None  # an outage does not end a session
        return None

    async def _send(self, send: Send, body: bytes, *, last: bool = False) -> None:
        message: Message = {"type": "http.response.body", "body": body, "more_body": not last}
        try:
            async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                await send(message)
        except TimeoutError:
            raise _SlowClient from None
        self._sent_at = time.monotonic()

    async def _watch_client(self, receive: Receive, wake_up: asyncio.Event) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._disconnected = True
        wake_up.set()

    async def _watch_process(self, wake_up: asyncio.Event) -> None:
        await self._context.stopping.wait()
        wake_up.set()
