"""Prints every new ticket, with the shared library (`pip install ./libs/common`), which decodes and validates events.

NATS_URL=nats://localhost:8084 NATS_USER=crm NATS_PASSWORD=… python consume_with_common.py
"""

import asyncio
import os
import sys

from nats.aio.msg import Msg

from common.events import parse
from common.events.tickets import TicketCreated
from common.messaging import wire
from common.messaging.broker import Broker
from common.messaging.pull_subscription import PullSubscription
from common.telemetry import configure_logging


async def main() -> None:
    user = os.environ["NATS_USER"]
    configure_logging(user, "warning", stream=sys.stderr)
    broker = Broker(os.environ["NATS_URL"], user, os.environ["NATS_PASSWORD"], name=user)
    await broker.connect()
    messages: asyncio.Queue[Msg] = asyncio.Queue()
    async with PullSubscription(broker, "TICKETS", user, messages.put_nowait) as pull:
        while pull.problem is None:
            if pull.needs_request:
                await pull.request(batch=10)
            try:
                message = await asyncio.wait_for(messages.get(), timeout=1)
            except TimeoutError:
                continue
            envelope = wire.decode(message.headers or {}, message.data)
            event = parse(envelope)
            if isinstance(event, TicketCreated):
                print(
                    envelope.id, envelope.versioned_type, event.ticket.title, flush=True
                )  # idempotent, by envelope.id
            await message.ack()
    raise SystemExit(pull.problem)


if __name__ == "__main__":
    asyncio.run(main())
