"""Whose tokens are believed: auth's public keys and the sessions that ended, as a service's own copy built from events.

The copy lives in the service's database, so a restart forgets nothing. Every replica holds it in memory and follows it
by change stream, so that no request asks the database, and all replicas know of a revocation at once.
"""

import asyncio
import base64
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pymongo import IndexModel
from pymongo.errors import PyMongoError

from common import clock
from common.errors import Unavailable
from common.events import Envelope
from common.events.auth import SessionEnded, SessionRevoked, SigningKeyPublished
from common.inbox import keep_newest
from common.messaging.verdicts import DONE, Verdict
from common.mongo import Database, following

log = structlog.get_logger("trust")

KEYS, REVOCATIONS = "trusted_keys", "revocations"
INDEXES = {KEYS: [], REVOCATIONS: [IndexModel("until", expireAfterSeconds=0)]}

TOKEN_LIFETIME = timedelta(minutes=15)
_SLACK = timedelta(minutes=5)


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
        self._keys: dict[str, Ed25519PublicKey] = {}
        self._revoked: dict[UUID, datetime] = {}
        self._loaded = False

    async def learn_key(self, event: SigningKeyPublished, envelope: Envelope) -> Verdict:
        """Handler: tokens signed with this key are believed from now on."""
        copy = {"kid": event.kid, "public_key": event.public_key, "not_after": event.not_after}
        await keep_newest(self._db[KEYS], envelope.aggregate_id, envelope.sequence, copy)
        return DONE

    async def end_session(self, _event: SessionEnded | SessionRevoked, envelope: Envelope) -> Verdict:
        """Handler: access tokens of this session are refused from now on, for as long as one could still be valid."""
        until = envelope.time + TOKEN_LIFETIME + _SLACK
        await self._db[REVOCATIONS].update_one({"_id": envelope.aggregate_id}, {"$set": {"until": until}}, upsert=True)
        return DONE

    async def probe(self) -> str | None:
        """Why no token can be checked yet; None when all is well."""
        if not self._loaded:
            return "signing keys and revoked sessions are not loaded yet"
        return None if self._keys else "no signing key has arrived from auth yet"

    async def public_key(self, kid: str) -> Ed25519PublicKey | None:
        """The key of that id, if it is trusted. One that was learnt a moment ago is looked up in the database."""
        if kid not in self._keys and (found := await self._db[KEYS].find_one({"kid": kid})):
            self._note(KEYS, found)
        return self._keys.get(kid)

    def is_revoked(self, session_id: UUID) -> bool:
        """Whether that session has ended. Raises Unavailable while it can not be told, just after the start."""
        if not self._loaded:
            raise Unavailable("It is not known yet which sessions have ended. Please try again.")
        until = self._revoked.get(session_id)
        return until is not None and until > clock.now()

    async def run(self) -> None:
        """Until cancelled: keeps memory like the database."""
        pipeline = [{"$match": {"ns.coll": {"$in": [KEYS, REVOCATIONS]}}}]
        while True:
            try:
                # Watch first, read second: what is written in between is seen twice rather than never.
                async with following(self._db, pipeline, full_document="updateLookup") as changes:
                    await self._load()
                    async for change in changes:
                        if document := change.get("fullDocument"):
                            self._note(change["ns"]["coll"], document)
            except PyMongoError as error:
                log.warning("trust can not be followed", reason=str(error))
                await asyncio.sleep(0.25)

    async def _load(self) -> None:
        for collection in (KEYS, REVOCATIONS):
            async for document in self._db[collection].find():
                self._note(collection, document)
        self._loaded = True

    def _note(self, collection: str, document: dict[str, Any]) -> None:
        if collection == KEYS:
            self._keys[document["kid"]] = public_key_from(document["public_key"])
        else:
            self._revoked[document["_id"]] = document["until"]
            if len(self._revoked) > 10_000:
                now = clock.now()
                self._revoked = {session: until for session, until in self._revoked.items() if until > now}
