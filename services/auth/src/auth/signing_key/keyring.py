"""auth's own keys in memory: signs with the one whose time has come, verifies with all that are believed."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pymongo.errors import DuplicateKeyError, PyMongoError

from auth.signing_key import schedule
from auth.signing_key.document import SigningKey
from common import clock
from common.errors import HelpdeskError
from common.mongo import cancellation_requested
from common.token_trust import public_key_from

log = structlog.get_logger("keyring")

READS_IN_A_LEAD = 4


class WrongMasterKey(HelpdeskError):
    """The stored signing keys were encrypted with another master key."""

    code = "wrong_master_key"


@dataclass(frozen=True)
class _Held:
    """A key in memory."""

    number: int
    kid: str
    public: Ed25519PublicKey
    private: Ed25519PrivateKey | None
    created_at: datetime
    signs_from: datetime | None
    not_after: datetime | None


class Keyring:
    """Loaded once the database is there, and read again several times within the lead that a new key has before it
    signs. So all replicas change over at the same time, without asking anybody then."""

    name = "keyring"

    def __init__(self, master: Fernet, *, lead: timedelta) -> None:
        self._master = master
        self._every = lead.total_seconds() / READS_IN_A_LEAD
        self._keys: list[_Held] = []

    async def load(self) -> None:
        """Reads all keys; makes the first one where there is none. Raises WrongMasterKey."""
        if await SigningKey.find_one({}) is None:
            with suppress(DuplicateKeyError):  # another replica made number 1
                await SigningKey.generate(1, self._master).commit()
        await self._read()

    async def run(self) -> None:
        """Until cancelled: keeps memory like the database."""
        while not cancellation_requested():
            await asyncio.sleep(self._every)
            try:
                await self._read()
            except PyMongoError as error:
                log.warning("keys can not be read", reason=str(error))

    @property
    def signing(self) -> tuple[str, Ed25519PrivateKey]:
        """The id and private half of the key that signs."""
        key = schedule.signing(self._keys, clock.now())
        if key is None or key.private is None:
            raise RuntimeError("the keyring is used before it was loaded")
        return key.kid, key.private

    @property
    def public(self) -> dict[str, Ed25519PublicKey]:
        """All public halves that are believed, by key id."""
        return {key.kid: key.public for key in schedule.believed(self._keys, clock.now())}

    async def public_key(self, kid: str) -> Ed25519PublicKey | None:
        """The key of that id, if it is believed; one that was made a moment ago is looked up."""
        if all(key.kid != kid for key in self._keys) and await SigningKey.find_one({"kid": kid}) is not None:
            await self._read()
        return self.public.get(kid)

    async def _read(self) -> None:
        stored = await SigningKey.find({}).sort("number").to_list()
        try:
            self._keys = [
                _Held(
                    number=key.number,
                    kid=key.kid,
                    public=public_key_from(key.public_key),
                    private=key.private_key(self._master),
                    created_at=key.created_at,
                    signs_from=key.signs_from,
                    not_after=key.not_after,
                )
                for key in stored
            ]
        except InvalidToken:
            raise WrongMasterKey("HELPDESK_MASTER_KEY is not the key that encrypted the signing keys.") from None
