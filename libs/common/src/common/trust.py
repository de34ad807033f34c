"""Whose tokens are believed: auth's public keys, and what ended, as a service's own copy built from events.

The copy lives in the service's database, so a restart forgets nothing. Every replica holds it in memory and asks the
database a few times a second what is new, so that no request has to, and all replicas know of a revocation soon.
"""

import asyncio
import base64
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pymongo import IndexModel
from pymongo.errors import PyMongoError

from common import clock
from common.errors import Unavailable
from common.events import Envelope, Event
from common.events.auth import (
    OrganisationSuspended,
    SessionEnded,
    SessionRevoked,
    SigningKeyPublished,
    UserDeactivated,
    UserUpdated,
)
from common.inbox import keep_newest
from common.messaging.router import Handler
from common.messaging.verdicts import DONE, Verdict
from common.mongo import Database, asked_to_stop

log = structlog.get_logger("trust")

KEYS, REVOCATIONS = "trusted_keys", "revocations"
INDEXES = {KEYS: [], REVOCATIONS: [IndexModel("until", expireAfterSeconds=0), IndexModel("noted_at")]}

TOKEN_LIFETIME = timedelta(minutes=15)
_SLACK = timedelta(minutes=5)
LOOK_SECONDS = 0.2
"""How much later another replica may learn of a revocation."""
KEYS_SECONDS = 5.0
"""The same of a key that is retired; a new one is looked up when it is first met, and the first of all at once."""
_OVERLAP = timedelta(seconds=10)
"""How far back each look goes beyond the last one: writes become visible in another order than they are stamped."""


class Keys(Protocol):
    """Where public keys come from."""

    async def public_key(self, kid: str) -> Ed25519PublicKey | None: ...


def public_key_from(encoded: str) -> Ed25519PublicKey:
    """From the 32 raw bytes, base64url without padding (RFC 8037, `x`)."""
    return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))


class Trust:
    """The handlers that build the copy, the loop that follows it, and the questions it answers."""

    name = "trust"

    def __init__(self, db: Database) -> None:
        self._db = db
        self._keys: dict[str, tuple[Ed25519PublicKey, datetime | None]] = {}
        self._revoked: dict[UUID, datetime] = {}
        self._seen_until: datetime | None = None
        self._keys_read_at = float("-inf")
        self._loaded = False

    @property
    def subscriptions(self) -> Mapping[type[Event], Handler]:
        """What every service that verifies tokens must hear: `topology.TRUST`."""
        return {
            SigningKeyPublished: self.learn_key,
            SessionEnded: self.end_session,
            SessionRevoked: self.end_session,
            UserUpdated: self.refuse_former_role,
            UserDeactivated: self.refuse_tokens_before,
            OrganisationSuspended: self.refuse_tokens_before,
        }

    async def learn_key(self, event: SigningKeyPublished, envelope: Envelope) -> Verdict:
        """Handler: tokens signed with this key are believed from now on, or until it says."""
        copy = {"kid": event.kid, "public_key": event.public_key, "not_after": event.not_after}
        await keep_newest(self._db[KEYS], envelope.aggregate_id, envelope.sequence, copy)
        return DONE

    async def end_session(self, _event: SessionEnded | SessionRevoked, envelope: Envelope) -> Verdict:
        """Handler: no token of this session is believed any more, whenever it was issued."""
        await self._refuse(envelope.aggregate_id, before=envelope.time + TOKEN_LIFETIME + _SLACK, at=envelope.time)
        return DONE

    async def refuse_tokens_before(
        self, _event: UserDeactivated | OrganisationSuspended, envelope: Envelope
    ) -> Verdict:
        """Handler: no token of this person or organisation is believed that was issued before."""
        await self._refuse(envelope.aggregate_id, before=envelope.time, at=envelope.time)
        return DONE

    async def refuse_former_role(self, event: UserUpdated, envelope: Envelope) -> Verdict:
        """Handler: a token that says another role than the person now has is to be refreshed."""
        if "role" in event.changes:
            await self._refuse(envelope.aggregate_id, before=envelope.time, at=envelope.time)
        return DONE

    async def _refuse(self, id_: UUID, *, before: datetime, at: datetime) -> None:
        """`at` is when it happened: for as long after as one of these tokens could still be valid."""
        # By the database's clock, so that one look of any replica finds what was noted after the look before.
        noted = {"$max": {"before": before, "until": at + TOKEN_LIFETIME + _SLACK}, "$currentDate": {"noted_at": True}}
        await self._db[REVOCATIONS].update_one({"_id": id_}, noted, upsert=True)
        self._revoked[id_] = max(before, self._revoked.get(id_, before))

    async def probe(self) -> str | None:
        """Why no token can be checked yet; None when all is well."""
        if not self._loaded:
            return "signing keys and revoked sessions are not loaded yet"
        return None if self._keys else "no signing key has arrived from auth yet"

    async def public_key(self, kid: str) -> Ed25519PublicKey | None:
        """The key of that id, if it is trusted. One that was learnt a moment ago is looked up in the database."""
        if kid not in self._keys and (found := await self._db[KEYS].find_one({"kid": kid})):
            self._note_key(found)
        key, not_after = self._keys.get(kid, (None, None))
        return None if not_after is not None and not_after <= clock.now() else key

    def is_refused(self, ids: tuple[UUID, ...], issued_at: datetime) -> bool:
        """Whether a token of that session, person and organisation is no longer believed. Raises Unavailable while it
        can not be told, just after the start."""
        if not self._loaded:
            raise Unavailable("It is not known yet which sessions have ended. Please try again.")
        return any((before := self._revoked.get(id_)) is not None and issued_at < before for id_ in ids)

    async def run(self) -> None:
        """Until cancelled: keeps memory like the database."""
        while not asked_to_stop():
            try:
                await self._look()
                self._loaded = True
            except PyMongoError as error:
                log.warning("trust can not be followed", reason=str(error))
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> None:
        if not self._keys or time.monotonic() - self._keys_read_at > KEYS_SECONDS:
            async for document in self._db[KEYS].find():
                self._note_key(document)
            self._keys_read_at = time.monotonic()
        new = {} if self._seen_until is None else {"noted_at": {"$gt": self._seen_until - _OVERLAP}}
        async for document in self._db[REVOCATIONS].find(new):
            self._revoked[document["_id"]] = document["before"]
            self._seen_until = max(document["noted_at"], self._seen_until or document["noted_at"])
        if len(self._revoked) > 10_000:
            oldest = clock.now() - TOKEN_LIFETIME - _SLACK
            self._revoked = {id_: before for id_, before in self._revoked.items() if before > oldest}

    def _note_key(self, document: Mapping[str, Any]) -> None:
        self._keys[document["kid"]] = public_key_from(document["public_key"]), document["not_after"]
