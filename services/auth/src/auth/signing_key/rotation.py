"""Moves signing keys through their life (schedule.py), without an outage.

Any number of workers may do it at once: a key's number is unique, and each step is conditional on the version that was
read. Whoever comes second finds it done.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta

import structlog
from cryptography.fernet import Fernet
from pymongo.errors import DuplicateKeyError, PyMongoError

from auth.signing_key import schedule
from auth.signing_key.document import SigningKey
from common import clock
from common.errors import VersionConflict
from common.mongo import cancellation_requested
from common.token_trust import TOKEN_LIFETIME

log = structlog.get_logger("rotation")

LOOKS_IN_A_LEAD = 10
SLACK = timedelta(minutes=5)
"""For clocks that differ."""
ANNOUNCE_EVERY = timedelta(days=7)
"""The stream keeps an event for 30 days: a service that is new learns all keys that are believed."""


class Rotation:
    """Runs in every worker. `every` None means that keys are only replaced by command."""

    name = "rotation"

    def __init__(self, master: Fernet, *, lead: timedelta, every: timedelta | None) -> None:
        self._master = master
        self._lead = lead
        self._every = every

    async def rotate(self) -> SigningKey:
        """Makes the next key. Where one is waiting for its time already, that one."""
        [newest] = await SigningKey.find({}).sort("-number").limit(1).to_list()
        if newest.signs_from is None or newest.signs_from > clock.now():
            return newest
        try:
            return await SigningKey.generate(newest.number + 1, self._master).commit()
        except DuplicateKeyError:  # another replica was faster
            return await self.rotate()

    async def run(self) -> None:
        """Until cancelled."""
        while not cancellation_requested():
            try:
                await self.step()
            except PyMongoError as error:
                log.warning("rotation waits", reason=str(error))
            await asyncio.sleep(self._lead.total_seconds() / LOOKS_IN_A_LEAD)

    async def step(self) -> None:
        """Whatever is due now."""
        keys = await SigningKey.find({}).to_list()
        now = clock.now()
        if self._every is not None and schedule.needs_request(keys, now, self._every):
            key = await self.rotate()
            log.info("a new signing key was made", kid=key.kid)
        retiring = schedule.replaced(keys, now, TOKEN_LIFETIME + SLACK)
        for key in keys:
            # A lost race means that another replica has just taken the same step.
            with suppress(VersionConflict):
                if key in retiring:
                    key.retire()
                    log.info("a signing key is retired", kid=key.kid)
                elif key.not_after is None and key.announced_at + ANNOUNCE_EVERY <= now:
                    key.announce()
                elif key.signs_from is None and await self._is_published(key):
                    key.schedule(self._lead)
                    log.info("a signing key was scheduled", kid=key.kid, signs_from=str(key.signs_from))
                await key.commit()

    @staticmethod
    async def _is_published(key: SigningKey) -> bool:
        """Whether the stream has it: then the relay has taken the event out of the document."""
        query = {"_id": key.id, "outbox.0": {"$exists": False}}
        return await SigningKey.get_pymongo_collection().find_one(query, {"_id": 1}) is not None
