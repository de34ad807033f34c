"""Removes files whose time is over: of broken uploads, of messages never written, of messages that were redacted."""

import asyncio
from datetime import timedelta

import structlog
from pymongo.errors import PyMongoError

from common import clock
from common.mongo import cancellation_requested
from tickets.attachments.commands import AttachmentCommands
from tickets.attachments.document import Attachment

log = structlog.get_logger("attachments")

PAUSE_SECONDS = 30.0
TO_LEAVE = timedelta(minutes=10)
"""After which another replica tries to remove what one set out to."""


class AttachmentSweep:
    """Runs in every worker. Each file is taken by one of them; one that is killed leaves it to the next."""

    name = "sweep of attachments"

    def __init__(self, commands: AttachmentCommands) -> None:
        self._commands = commands

    async def run(self) -> None:
        """Until cancelled."""
        while not cancellation_requested():
            try:
                await self.sweep()
            except PyMongoError as error:
                log.warning("sweep waits", reason=str(error))
            await asyncio.sleep(PAUSE_SECONDS)

    async def sweep(self) -> int:
        """Removes what is due now. Returns how many it was."""
        count = 0
        attachments = Attachment.get_pymongo_collection()
        while True:
            now = clock.now()
            # From here on no message can take it, and the state outlives a kill.
            due = await attachments.find_one_and_update(
                {"expires_at": {"$lte": now}}, {"$set": {"state": "leaving", "expires_at": now + TO_LEAVE}}
            )
            if due is None:
                return count
            await self._commands.remove(due["_id"])
            count += 1
