"""Triggers the relay when documents with events were committed, by this process or by another one of the same service.

The trigger is a core NATS message and no change stream: a change stream costs MongoDB work for every write there is
(docs/decisions/0011). It is only a hint. A relay that missed it finds the documents at its next poll.
"""

import asyncio
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress

from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError

from common.errors import Unavailable
from common.messaging.broker import Broker
from common.messaging.permissions import relay_trigger_subject
from common.mongo import cancellation_requested

_listeners: set[Callable[[str], None]] = set()


def notify_committed(collection: str) -> None:
    """To be called after a document with events was committed."""
    for listener in tuple(_listeners):
        listener(collection)


class RelayTrigger:
    """Collects which collections have unpublished events: those committed in this process, and those that other
    processes of the service announce."""

    name = "relay trigger"

    def __init__(self, service: str, collections: Collection[str], broker: Broker) -> None:
        self._subject = relay_trigger_subject(service)
        self._collections = frozenset(collections)
        self._broker = broker
        self._pending_here: set[str] = set()
        self._pending_elsewhere: set[str] = set()
        self._event = asyncio.Event()
        self._subscription: Subscription | None = None

    @contextmanager
    def listen(self) -> Iterator[None]:
        """Notices commits of this process within the block."""
        _listeners.add(self._on_commit)
        try:
            yield
        finally:
            _listeners.discard(self._on_commit)

    async def subscribe(self) -> None:
        """Subscribes to the announcements of other processes; the subscription survives reconnections. Does nothing
        while NATS is away, or when subscribed already."""
        if self._subscription is None:
            with suppress(Unavailable, NatsError, OSError):
                self._subscription = await self._broker.client.subscribe(self._subject, cb=self._on_message)

    async def wait(self, seconds: float) -> None:
        """Returns at the next commit, or after that time."""
        with suppress(TimeoutError):
            # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes together with the event.
            async with asyncio.timeout(seconds):
                await self._event.wait()

    def pop_pending(self) -> set[str]:
        """The collections with commits since the last call."""
        pending = self._pending_here | self._pending_elsewhere
        self._clear()
        return pending

    async def forward(self) -> None:
        """Announces this process's commits; the process that holds the relay's lease publishes them."""
        pending = self._pending_here
        self._clear()  # first: a commit during the publish is announced next time
        if pending:
            with suppress(Unavailable, NatsError, OSError):
                await self._broker.client.publish(self._subject, ",".join(sorted(pending)).encode())

    async def run(self) -> None:
        """The loop of a process that commits but has no relay: an API without its worker. Until cancelled."""
        with self.listen():
            while not cancellation_requested():
                await self.wait(60)
                await self.forward()

    def _clear(self) -> None:
        self._pending_here, self._pending_elsewhere = set(), set()
        self._event.clear()

    def _on_commit(self, collection: str) -> None:
        if collection in self._collections:
            self._pending_here.add(collection)
            self._event.set()

    async def _on_message(self, message: Msg) -> None:
        self._pending_elsewhere |= self._collections & set(message.data.decode(errors="replace").split(","))
        self._event.set()
