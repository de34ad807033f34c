"""Prints every new ticket, with nats-py alone (`pip install nats-py`).

NATS_URL=nats://localhost:8084 NATS_USER=crm NATS_PASSWORD=… python consume_plain.py
"""

import asyncio
import json
import os

import nats
from nats.errors import TimeoutError as NoMessage


async def main() -> None:
    user = os.environ["NATS_USER"]
    client = await nats.connect(
        os.environ["NATS_URL"],
        user=user,
        password=os.environ["NATS_PASSWORD"],
        inbox_prefix=f"_INBOX_{user}",  # the only subjects that this user may subscribe to
        max_reconnect_attempts=-1,
    )
    subscription = await client.jetstream(prefix="jetstream.api").pull_subscribe_bind(durable=user, stream="TICKETS")
    while True:
        try:
            messages = await subscription.fetch(batch=10, timeout=30)
        except NoMessage:
            continue
        for message in messages:
            headers, event = message.headers or {}, json.loads(message.data)
            print(headers["ce-id"], headers["ce-type"], event["ticket"]["title"], flush=True)  # idempotent, by ce-id
            await message.ack()


if __name__ == "__main__":
    asyncio.run(main())
