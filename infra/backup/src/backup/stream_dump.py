"""Dump and load of the streams that have no other copy, and the time to replay events from.

The event logs in the databases contain all events, so only dead letters and replays in progress need a copy. Consumer
positions are not copied. Instead the manifest has the time of the oldest event that may be unprocessed. After a restore
the services replay all later events, and consumers ignore those they have processed.
"""

import base64
import hashlib
import json
from datetime import datetime

from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from backup.manifest import Content
from backup.mongo_dump import Client
from common.messaging import wire
from common.messaging.topology import CONSUMERS, dead_letters_of, replays_of
from common.services import SERVICES

STREAMS_TO_DUMP = tuple(name(service) for name in (dead_letters_of, replays_of) for service in SERVICES)


async def dump_stream(js: JetStreamContext, stream: str) -> tuple[bytes, Content]:
    """All messages, oldest first, as JSON lines."""
    lines: list[bytes] = []
    sequence = 0
    while True:
        try:
            message = await js.get_msg(stream, sequence + 1, next=True, subject=">")
        except NotFoundError:
            break
        sequence = message.seq or 0
        data = {
            "subject": message.subject,
            # JetStream would discard a message whose id was published within the last ten minutes.
            "headers": {name: value for name, value in (message.headers or {}).items() if name != wire.MESSAGE_ID},
            "data": base64.b64encode(message.data or b"").decode(),
        }
        lines.append(json.dumps(data, sort_keys=True).encode() + b"\n")
    text = b"".join(lines)
    return text, Content(count=len(lines), sha256=hashlib.sha256(text).hexdigest())


async def load_stream(js: JetStreamContext, text: bytes) -> None:
    """Publishes the messages in order. They get new sequence numbers."""
    for line in text.splitlines():
        message = json.loads(line)
        await js.publish(message["subject"], base64.b64decode(message["data"]), headers=message["headers"])


async def find_oldest_unacknowledged(js: JetStreamContext) -> datetime | None:
    """When the oldest event that a consumer has not acknowledged happened, or was published if that was earlier."""
    times = []
    for spec in CONSUMERS:
        info = await js.consumer_info(spec.stream, spec.durable)
        if info.num_pending or info.num_ack_pending:
            acknowledged = info.ack_floor.stream_seq if info.ack_floor else 0
            try:
                message = await js.get_msg(spec.stream, acknowledged + 1, next=True, subject=">")
            except NotFoundError:
                continue  # acknowledged in the meantime
            if message.time:
                times.append(message.time)
            if happened := (message.headers or {}).get("ce-time"):
                times.append(datetime.fromisoformat(happened))
    return min(times, default=None)


def find_oldest_unpublished(client: Client) -> datetime | None:
    """When the oldest event in an outbox happened."""
    times = []
    for database in SERVICES:
        for collection in client[database].list_collection_names():
            # A partial index of the aggregates, with only the documents that have unpublished events.
            if "outbox" in client[database][collection].index_information():
                unpublished = {"outbox.0": {"$exists": True}, "outbox.0.time": {"$type": "date"}}
                if found := client[database][collection].find_one(
                    unpublished, {"outbox": {"$slice": 1}}, hint="outbox"
                ):
                    times.append(found["outbox"][0]["time"])
    return min(times, default=None)


def find_oldest_parked(client: Client) -> datetime | None:
    """When the oldest event happened that a service has parked. It may become a dead letter after the dead letters were
    read, and before the databases are."""
    oldest = (client[service]["parked_events"].find_one(sort=[("_id", 1)]) for service in SERVICES)
    return min((datetime.fromisoformat(each["message"]["headers"]["ce-time"]) for each in oldest if each), default=None)
