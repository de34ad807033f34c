"""Extends JetStream's `ack_wait` for messages that are still being handled, or wait for one of the same aggregate."""

import asyncio
from collections.abc import Collection

from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from common.messaging.provision import ACK_WAIT_SECONDS


async def send_heartbeats(in_flight: Collection[Msg]) -> None:
    """For the messages that are in the collection each time. Until cancelled."""
    while True:
        await asyncio.sleep(ACK_WAIT_SECONDS / 3)
        for message in list(in_flight):
            try:
                await message.in_progress()
            except (NatsError, OSError):
                break
