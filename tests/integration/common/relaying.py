"""A relay as auth has it, over the tests' own documents, and what it published."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from common.errors import Unavailable
from common.events import Envelope
from common.messaging.broker import Broker
from common.mongo import Database
from common.outbox import Relay
from common.outbox.trigger import RelayTrigger
from tests.support.servers import PASSWORD


class Publisher(Protocol):
    async def publish(self, envelope: Envelope) -> None: ...


class Memory:
    """A publisher that remembers; the first attempt to publish an event in `refused` fails."""

    def __init__(self, refused: Sequence[UUID] = ()) -> None:
        self.published: list[Envelope] = []
        self.refused = set(refused)

    async def publish(self, envelope: Envelope) -> None:
        if envelope.id in self.refused:
            self.refused.remove(envelope.id)
            raise Unavailable("just this once")
        self.published.append(envelope)


NOWHERE = Broker("nats://127.0.0.1:1", "auth", PASSWORD, name="test")
"""A connection that is never made: what is saved in the same process is heard all the same."""


def relay_of(db: Database, publisher: Publisher, broker: Broker = NOWHERE, lease_seconds: float = 1) -> Relay:
    return Relay(
        db, ["samples"], publisher.publish, RelayTrigger("auth", ["samples"], broker), lease_seconds=lease_seconds
    )


async def nothing_waits(db: Database) -> None:
    assert await db["samples"].count_documents({"outbox.0": {"$exists": True}}) == 0
