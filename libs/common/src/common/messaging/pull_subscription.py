"""A standing pull request to a durable consumer: each message arrives the moment JetStream has it (NATS ADR-13).

nats-py's own `fetch` sends a new request for every batch, and an event may wait until an earlier request has expired
(docs/decisions/0020).
"""

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import StatusCode

from common.messaging.broker import Broker

REQUEST_SECONDS = 5.0
"""When a request expires. It is sent again then, in case the server has lost it."""
CLOSE_SECONDS = 1.0

_MOVES = ("leadership change", "server shutdown")
"""Descriptions of status 409 after which the consumer continues on another server: the next request reaches it."""


class PullSubscription:
    """One request at a time. `on_message` is called with each message as it arrives, and must not block."""

    def __init__(self, broker: Broker, stream: str, durable: str, on_message: Callable[[Msg], None]) -> None:
        """Raises Unavailable while the broker is disconnected."""
        self._client = client = broker.client
        self._api = f"{broker.api_prefix}.CONSUMER.MSG.NEXT.{stream}.{durable}"
        self._inbox = client.new_inbox()
        self._deliver = on_message
        self._number = 0
        self._outstanding = 0
        self._expires_at = float("-inf")
        self._reconnects = 0
        self._ended = asyncio.Event()
        self._subscription: Subscription | None = None
        self.problem: str | None = None
        """Why no more messages will arrive."""

    async def __aenter__(self) -> Self:
        # Each request has its own reply subject: the end of an old one must not be taken for the end of the new one.
        self._subscription = await self._client.subscribe(f"{self._inbox}.*", cb=self._on_message)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Delivers messages that are already on their way. What JetStream sends later to the standing request is
        redelivered after the consumer's `ack_wait`."""
        if self._subscription is None:
            return
        with suppress(NatsError, OSError):
            if self._client.is_connected:
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._subscription.drain()  # type: ignore[no-untyped-call]
            else:
                await self._subscription.unsubscribe()

    @property
    def needs_request(self) -> bool:
        """Whether the last request has ended: it is fulfilled, ended by JetStream, or lost."""
        lost = time.monotonic() >= self._expires_at or self._client.stats["reconnects"] != self._reconnects
        return self._outstanding <= 0 or lost

    async def request(self, batch: int) -> None:
        """For `batch` messages. Messages of an earlier request may arrive besides."""
        self._number += 1
        self._outstanding = batch
        self._expires_at = time.monotonic() + REQUEST_SECONDS + 1
        self._reconnects = self._client.stats["reconnects"]
        self._ended.clear()
        options = {"batch": batch, "expires": int(REQUEST_SECONDS * 1e9)}
        await self._client.publish(self._api, json.dumps(options).encode(), reply=f"{self._inbox}.{self._number}")

    async def wait(self, seconds: float) -> None:
        """Returns when the request has ended, or after that time."""
        with suppress(TimeoutError):
            # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes together with the event.
            async with asyncio.timeout(seconds):
                await self._ended.wait()

    async def _on_message(self, message: Msg) -> None:
        # A status has the subject of the request. Headers of an event, which has its own, may look like one.
        status = JetStreamContext.is_status_msg(message) if message.subject.startswith(f"{self._inbox}.") else None
        if status is None:
            self._outstanding -= 1
            self._deliver(message)
        elif message.subject == f"{self._inbox}.{self._number}":
            self._outstanding = 0
            description = (message.headers or {}).get("Description", "")
            if status != StatusCode.REQUEST_TIMEOUT and not description.lower().startswith(_MOVES):
                self.problem = f"JetStream answers {status} {description}"
        if self._outstanding <= 0:
            self._ended.set()
