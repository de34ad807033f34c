"""Removes expired files: of interrupted uploads, of messages never posted, of redacted messages."""

from datetime import timedelta

import structlog

from common import clock
from common.loops import repeat
from tickets.attachments.commands import AttachmentCommands
from tickets.attachments.document import Attachment

log = structlog.get_logger("attachments")

PAUSE_SECONDS = 30.0
DELETION_RETRY = timedelta(minutes=10)
"""After this time another replica repeats a deletion that did not finish."""


class AttachmentSweep:
    """Runs in every worker. Each file is claimed by one of them; a killed worker's claim expires."""

    name = "attachment sweep"

    def __init__(self, commands: AttachmentCommands) -> None:
        self._commands = commands

    async def run(self) -> None:
        await repeat(self.sweep, pause_seconds=PAUSE_SECONDS, name=self.name)

    async def sweep(self) -> int:
        """Removes the expired files. Returns their number."""
        count = 0
        attachments = Attachment.get_pymongo_collection()
        while True:
            now = clock.now()
            # After this no message can attach it, and the next sweep continues if this one is killed.
            due = await attachments.find_one_and_update(
                {"expires_at": {"$lte": now}},
                {"$set": {"state": "deleting", "slot": None, "expires_at": now + DELETION_RETRY}},
            )
            if due is None:
                return count
            await self._commands.remove(due["_id"])
            count += 1
