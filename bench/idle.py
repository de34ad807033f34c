"""Waits until the stack has processed everything that earlier requests caused."""

import asyncio
import time
from typing import Any

from nats.js import JetStreamContext
from pymongo import AsyncMongoClient

from bench.baseline.context import Context
from common.services import SERVICES

TIMEOUT_SECONDS = 90


class IdleMonitor:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._outboxes: list[tuple[str, str]] = []

    async def wait(self) -> float:
        """Returns the seconds until no event was unpublished or unprocessed and no mail was queued. Raises
        TimeoutError."""
        started = time.monotonic()
        connection = await self._context.connect_nats("provisioner")
        try:
            async with self._context.mongo_client() as client, asyncio.timeout(TIMEOUT_SECONDS):
                idle = 0
                while idle < 2:  # twice, since an event on its way from the outbox to the stream is in neither
                    busy = await self._has_unpublished(client) or await _has_unprocessed(connection.jetstream())
                    idle = 0 if busy else idle + 1
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise TimeoutError(f"events or mails are still unprocessed after {TIMEOUT_SECONDS} s") from None
        finally:
            await connection.close()
        return time.monotonic() - started

    async def _has_unpublished(self, client: AsyncMongoClient[dict[str, Any]]) -> bool:
        if not self._outboxes:
            self._outboxes = [
                (database, collection)
                for database in SERVICES
                for collection in await client[database].list_collection_names()
                if "outbox" in await client[database][collection].index_information()
            ]
        for database, collection in self._outboxes:
            if await client[database][collection].find_one({"outbox.0": {"$exists": True}}, {"_id": 1}, hint="outbox"):
                return True
        unsent = {"status": {"$in": ["queued", "sending"]}}
        return await client["mailer"]["mails"].find_one(unsent, {"_id": 1}) is not None


async def _has_unprocessed(jetstream: JetStreamContext) -> bool:
    for stream in await jetstream.streams_info():
        for consumer in await jetstream.consumers_info(stream.config.name or ""):
            if consumer.num_pending or consumer.num_ack_pending:
                return True
    return False
