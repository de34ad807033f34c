"""Takes signing keys through their life cycle (domain/key_schedule.py) without an outage.

Any number of workers may do so at the same time: key numbers are unique, and each step is conditional on the version
that was read.
"""

from contextlib import suppress
from datetime import timedelta

import structlog
from cryptography.fernet import Fernet
from pymongo.errors import DuplicateKeyError

from auth.domain import key_schedule
from auth.signing_key.document import SigningKey
from common import clock
from common.errors import VersionConflict
from common.loops import repeat
from common.token_trust import TOKEN_LIFETIME

log = structlog.get_logger("key-rotation")

CHECKS_PER_LEAD = 10
CLOCK_TOLERANCE = timedelta(minutes=5)
REPUBLISH_INTERVAL = timedelta(days=7)
"""The stream keeps an event for 30 days: a new service learns all trusted keys."""


class KeyRotator:
    """Runs in every worker. Without `max_age`, only a command rotates the keys."""

    name = "key-rotation"

    def __init__(self, master: Fernet, *, lead: timedelta, max_age: timedelta | None) -> None:
        self._master = master
        self._lead = lead
        self._max_age = max_age

    async def rotate(self) -> SigningKey:
        """Creates the next key, or returns the one that does not sign yet."""
        [newest] = await SigningKey.find({}).sort("-number").limit(1).to_list()
        if newest.signs_from is None or newest.signs_from > clock.now():
            return newest
        try:
            return await SigningKey.generate(newest.number + 1, self._master).commit()
        except DuplicateKeyError:  # another replica was faster
            return await self.rotate()

    async def run(self) -> None:
        """Until cancelled."""
        await repeat(self.step, pause_seconds=self._lead.total_seconds() / CHECKS_PER_LEAD, name=self.name)

    async def step(self) -> None:
        """Performs the transitions that are due."""
        keys = await SigningKey.find({}).to_list()
        now = clock.now()
        if self._max_age is not None and key_schedule.is_rotation_due(keys, now, self._max_age):
            key = await self.rotate()
            log.info("signing key created", kid=key.kid)
        retiring = key_schedule.keys_to_retire(keys, now, TOKEN_LIFETIME + CLOCK_TOLERANCE)
        for key in keys:
            # After a conflict, another replica has just performed the same transition.
            with suppress(VersionConflict):
                if key in retiring:
                    key.retire()
                    log.info("signing key retired", kid=key.kid)
                elif key.not_after is None and key.published_at + REPUBLISH_INTERVAL <= now:
                    key.publish()
                elif key.signs_from is None and await self._is_published(key):
                    key.schedule(self._lead)
                    log.info("signing key scheduled", kid=key.kid, signs_from=str(key.signs_from))
                await key.commit()

    @staticmethod
    async def _is_published(key: SigningKey) -> bool:
        """Whether the stream has the key: the relay then has removed the event from the document."""
        query = {"_id": key.id, "outbox.0": {"$exists": False}}
        return await SigningKey.get_pymongo_collection().find_one(query, {"_id": 1}) is not None
