"""Wakes the relay when documents with events were saved, by this process or by another one of the same service.

A word over core NATS and no change stream: a change stream costs MongoDB work for every write there is, whoever it is
for (docs/decisions/0011). The word is only a hint. A relay that missed it finds the documents by itself a moment later.
"""

import asyncio
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress

from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError

from common.errors import Unavailable
from common.messaging.broker import Broker
from common.messaging.permissions import wake_subject
from common.mongo import asked_to_stop

_ears: set[Callable[[str], None]] = set()


def saved(collection: str) -> None:
    """To be called when a document with events was saved for good."""
    for ear in tuple(_ears):
        ear(collection)


class Wake:
    """One process's ear for what it saves itself, and for what the others of its service say they saved."""

    def __init__(self, service: str, collections: Collection[str], broker: Broker) -> None:
        self._subject = wake_subject(service)
        self._collections = frozenset(collections)
        self._broker = broker
        self._saved_here: set[str] = set()
        self._saved_elsewhere: set[str] = set()
        self._event = asyncio.Event()
        self._subscription: Subscription | None = None

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hears of what is saved in this process, for the time of the block."""
        _ears.add(self._hear)
        try:
            yield
        finally:
            _ears.discard(self._hear)

    async def subscribe(self) -> None:
        """Hears, from now on and after every reconnection, of what is saved in others. Does nothing while NATS is
        away, or where it was done."""
        if self._subscription is None:
            with suppress(Unavailable, NatsError, OSError):
                self._subscription = await self._broker.client.subscribe(self._subject, cb=self._hear_message)

    async def wait(self, seconds: float) -> None:
        """Until something was saved, or for that long."""
        with suppress(TimeoutError):
            # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes together with the event.
            async with asyncio.timeout(seconds):
                await self._event.wait()

    def taken(self) -> set[str]:
        """The collections in which something was saved since the last time."""
        everywhere = self._saved_here | self._saved_elsewhere
        self._forget()
        return everywhere

    async def pass_on(self) -> None:
        """Tells the others what was saved here; one of them is the relay that publishes."""
        here = self._saved_here
        self._forget()  # first: what is saved while this is said is said the next time
        if here:
            with suppress(Unavailable, NatsError, OSError):
                await self._broker.client.publish(self._subject, ",".join(sorted(here)).encode())

    def _forget(self) -> None:
        self._saved_here, self._saved_elsewhere = set(), set()
        self._event.clear()

    def _hear(self, collection: str) -> None:
        if collection in self._collections:
            self._saved_here.add(collection)
            self._event.set()

    async def _hear_message(self, message: Msg) -> None:
        self._saved_elsewhere |= self._collections & set(message.data.decode(errors="replace").split(","))
        self._event.set()


class PassOn:
    """The loop of a process that saves but has no relay: an API without its worker."""

    name = "wake"

    def __init__(self, wake: Wake) -> None:
        self._wake = wake

    async def run(self) -> None:
        """Until cancelled."""
        with self._wake.listening():
            while not asked_to_stop():
                await self._wake.wait(60)
                await self._wake.pass_on()
