"""What JetStream holds that nothing else does, and back.

Events need no copy: each service's log in its database has every event it ever said. Dead letters and replays under
way are nowhere else. And the streams know who has handled what. That is not copied either; in its place the backup has
a time since which somebody may not have handled everything. Events since then are said again after a restore, and
whoever had handled one does nothing.
"""

import base64
import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from backup.databases import Client
from backup.manifest import Content
from common.messaging import wire
from common.messaging.topology import CONSUMERS, REPLAYS, SERVICES, dead_letters_of

__all__ = ["ONLY_COPIES", "messages", "oldest_unacknowledged", "oldest_unpublished", "put_back"]

ONLY_COPIES = (*(dead_letters_of(service) for service in SERVICES), REPLAYS)


async def messages(js: JetStreamContext, stream: str) -> tuple[bytes, Content]:
    """All of a stream, oldest first: a JSON object a line, and their count and hash."""
    lines = [line async for line in _lines(js, stream)]
    text = b"".join(lines)
    return text, Content(len(lines), hashlib.sha256(text).hexdigest())


async def put_back(js: JetStreamContext, lines: Sequence[bytes]) -> None:
    """Publishes them as they were, in their order. They get new numbers."""
    for line in lines:
        message = json.loads(line)
        await js.publish(message["subject"], base64.b64decode(message["data"]), headers=message["headers"])


async def oldest_unacknowledged(js: JetStreamContext) -> datetime | None:
    """When the oldest event happened, or was published, that some consumer has not settled. None when all have."""
    times = []
    for spec in CONSUMERS:
        info = await js.consumer_info(spec.stream, spec.service)
        if info.num_pending or info.num_ack_pending:
            floor = info.ack_floor.stream_seq if info.ack_floor else 0
            try:
                message = await js.get_msg(spec.stream, floor + 1, next=True, subject=">")
            except NotFoundError:
                continue  # settled meanwhile
            if message.time:
                times.append(message.time)
            if happened := (message.headers or {}).get("ce-time"):
                times.append(datetime.fromisoformat(happened))
    return min(times, default=None)


def oldest_unpublished(client: Client) -> datetime | None:
    """When the oldest event happened that waits in its document for a relay. None when none does."""
    times = []
    for database in SERVICES:
        for collection in client[database].list_collection_names():
            # Only aggregates have this index, and it holds only the documents that have something to say.
            if "outbox" in client[database][collection].index_information():
                waiting = {"outbox.0": {"$exists": True}}
                found = client[database][collection].find_one(waiting, {"outbox": {"$slice": 1}}, hint="outbox")
                if found:
                    times.append(found["outbox"][0]["time"])
    return min(times, default=None)


async def _lines(js: JetStreamContext, stream: str) -> AsyncIterator[bytes]:
    sequence = 0
    while True:
        try:
            message = await js.get_msg(stream, sequence + 1, next=True, subject=">")
        except NotFoundError:
            return
        sequence = message.seq or 0
        kept = {
            "subject": message.subject,
            # Without its message id: put back within ten minutes, it would be taken for one that was published already.
            "headers": {name: value for name, value in (message.headers or {}).items() if name != wire.MESSAGE_ID},
            "data": base64.b64encode(message.data or b"").decode(),
        }
        yield json.dumps(kept, sort_keys=True).encode() + b"\n"
