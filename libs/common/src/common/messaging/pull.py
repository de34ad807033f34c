"""A standing request for the messages of a durable consumer: each comes the moment JetStream has it (NATS ADR-13).

Not the client library's own `fetch`: it asks anew for every batch, and an event may wait until a request of before has
expired (docs/decisions/0020).
"""

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import StatusCode

REQUEST_SECONDS = 5.0
"""How long a request stands. Made anew then, in case that nobody knows of it any more."""
CLOSE_SECONDS = 1.0

_MOVES = ("leadership change", "server shutdown")
"""Of status 409: the consumer goes on elsewhere, and the next request finds its way."""


class Pull:
    """One request at a time. `take` is called with each message as it comes, and must not wait."""

    def __init__(self, client: Client, stream: str, durable: str, take: Callable[[Msg], None]) -> None:
        self._client = client
        self._api = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}"
        self._inbox = client.new_inbox()
        self._take = take
        self._number = 0
        self._left = 0
        self._until = float("-inf")
        self._reconnects = 0
        self._due = asyncio.Event()
        self._subscription: Subscription | None = None
        self.problem: str | None = None
        """Why there will be no more messages."""

    async def __aenter__(self) -> Self:
        # Each request has an address of its own for answers: the end of an old one must not be taken for the new one's.
        self._subscription = await self._client.subscribe(f"{self._inbox}.*", cb=self._hear)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Takes what is on its way already. JetStream may send more to the request that still stands: nobody hears
        that, and it is delivered again when the consumer's `ack_wait` is over."""
        if self._subscription is None:
            return
        with suppress(NatsError, OSError, TimeoutError):
            if self._client.is_connected:
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._subscription.drain()  # type: ignore[no-untyped-call]
            else:
                await self._subscription.unsubscribe()

    @property
    def is_due(self) -> bool:
        """Whether the last request has ended: all that it asked for came, or JetStream said so, or it is lost."""
        lost = time.monotonic() >= self._until or self._client.stats["reconnects"] != self._reconnects
        return self._left <= 0 or lost

    async def ask(self, most: int) -> None:
        """For so many messages. Those that are left of an earlier request may come besides."""
        self._number += 1
        self._left = most
        self._until = time.monotonic() + REQUEST_SECONDS + 1
        self._reconnects = self._client.stats["reconnects"]
        self._due.clear()
        request = {"batch": most, "expires": int(REQUEST_SECONDS * 1e9)}
        await self._client.publish(self._api, json.dumps(request).encode(), reply=f"{self._inbox}.{self._number}")

    async def wait(self, seconds: float) -> None:
        """Until the request has ended, or for that long."""
        with suppress(TimeoutError):
            # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes together with the event.
            async with asyncio.timeout(seconds):
                await self._due.wait()

    async def _hear(self, message: Msg) -> None:
        status = JetStreamContext.is_status_msg(message)
        if status is None:
            self._left -= 1
            self._take(message)
        elif message.subject == f"{self._inbox}.{self._number}":
            self._left = 0
            description = (message.headers or {}).get("Description", "")
            if status != StatusCode.REQUEST_TIMEOUT and not description.lower().startswith(_MOVES):
                self.problem = f"JetStream answers {status} {description}"
        if self._left <= 0:
            self._due.set()
