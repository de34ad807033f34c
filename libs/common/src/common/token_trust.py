"""A service's own copy of auth's public keys and revocations, built from events.

The copy lives in the service's database, so a restart forgets nothing. Every replica caches it in memory and polls the
database for changes a few times a second: no request has to, and every replica knows of a revocation soon.
"""

import base64
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pymongo import IndexModel

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
from common.idempotent_consumer import upsert_if_newer
from common.loops import repeat
from common.messaging.results import ACK, HandlerResult
from common.messaging.router import Handler
from common.mongo import Database

KEYS, REVOCATIONS = "trusted_keys", "revocations"
INDEXES = {KEYS: [], REVOCATIONS: [IndexModel("until", expireAfterSeconds=0), IndexModel("noted_at")]}

TOKEN_LIFETIME = timedelta(minutes=15)
_SLACK = timedelta(minutes=5)
POLL_SECONDS = 0.2
"""How much later another replica learns of a revocation, at most."""
KEYS_SECONDS = 5.0
"""The same for a retired key. A new key is looked up on its first use, and the very first key at every poll."""
_OVERLAP = timedelta(seconds=10)
"""How far each poll reaches back before the last one: writes become visible in another order than their timestamps."""


class Keys(Protocol):
    """A source of public keys."""

    async def public_key(self, kid: str) -> Ed25519PublicKey | None: ...


def public_key_from(encoded: str) -> Ed25519PublicKey:
    """From the 32 raw bytes, base64url without padding (RFC 8037, `x`)."""
    return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))


class TokenTrustStore:
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
        """Handlers of `services.TOKEN_TRUST_EVENTS`, for every service that verifies tokens."""
        return {
            SigningKeyPublished: self.store_key,
            SessionEnded: self.revoke_session,
            SessionRevoked: self.revoke_session,
            UserUpdated: self.revoke_former_role,
            UserDeactivated: self.revoke_tokens_before,
            OrganisationSuspended: self.revoke_tokens_before,
        }

    async def store_key(self, event: SigningKeyPublished, envelope: Envelope) -> HandlerResult:
        """Handler: tokens signed with this key are valid, until `not_after`."""
        copy = {"kid": event.kid, "public_key": event.public_key, "not_after": event.not_after}
        await upsert_if_newer(self._db[KEYS], envelope.aggregate_id, envelope.sequence, copy)
        return ACK

    async def revoke_session(self, _event: SessionEnded | SessionRevoked, envelope: Envelope) -> HandlerResult:
        """Handler: revokes every token of the session, whenever it was issued."""
        await self._revoke(envelope.aggregate_id, before=envelope.time + TOKEN_LIFETIME + _SLACK, at=envelope.time)
        return ACK

    async def revoke_tokens_before(
        self, _event: UserDeactivated | OrganisationSuspended, envelope: Envelope
    ) -> HandlerResult:
        """Handler: revokes the tokens of this person or organisation that were issued before."""
        await self._revoke(envelope.aggregate_id, before=envelope.time, at=envelope.time)
        return ACK

    async def revoke_former_role(self, event: UserUpdated, envelope: Envelope) -> HandlerResult:
        """Handler: a token with the former role must be refreshed."""
        if "role" in event.changes:
            await self._revoke(envelope.aggregate_id, before=envelope.time, at=envelope.time)
        return ACK

    async def _revoke(self, id_: UUID, *, before: datetime, at: datetime) -> None:
        """The revocation is kept for as long after `at` as one of these tokens could still be valid."""
        # By the database's clock, so that each poll of any replica finds what was noted after the poll before.
        revocation = {
            "$max": {"before": before, "until": at + TOKEN_LIFETIME + _SLACK},
            "$currentDate": {"noted_at": True},
        }
        await self._db[REVOCATIONS].update_one({"_id": id_}, revocation, upsert=True)
        self._revoked[id_] = max(before, self._revoked.get(id_, before))

    async def probe(self) -> str | None:
        """Why no token can be verified yet; None when ready."""
        if not self._loaded:
            return "signing keys and revoked sessions are not loaded yet"
        return None if self._keys else "no signing key has arrived from auth yet"

    async def public_key(self, kid: str) -> Ed25519PublicKey | None:
        """The trusted key of that id. A key that is not cached yet is looked up in the database."""
        if kid not in self._keys and (found := await self._db[KEYS].find_one({"kid": kid})):
            self._note_key(found)
        key, not_after = self._keys.get(kid, (None, None))
        return None if not_after is not None and not_after <= clock.now() else key

    def is_revoked(self, ids: tuple[UUID, ...], issued_at: datetime) -> bool:
        """Whether a token with one of these ids is revoked. Raises Unavailable until the revocations are loaded."""
        if not self._loaded:
            raise Unavailable("Revoked sessions are not loaded yet. Try again.")
        return any((before := self._revoked.get(id_)) is not None and issued_at < before for id_ in ids)

    async def run(self) -> None:
        """Until cancelled: keeps the cache up to date."""
        await repeat(self._poll, pause_seconds=POLL_SECONDS, name=self.name)

    async def _poll(self) -> None:
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
        self._loaded = True

    def _note_key(self, document: Mapping[str, Any]) -> None:
        self._keys[document["kid"]] = public_key_from(document["public_key"]), document["not_after"]
