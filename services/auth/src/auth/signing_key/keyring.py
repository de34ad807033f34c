"""The signing keys in memory: signs with the current key, verifies with all trusted keys."""

from contextlib import suppress
from datetime import timedelta

import structlog
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pymongo.errors import DuplicateKeyError

from auth.domain import key_schedule
from auth.signing_key.document import SigningKey
from common import clock
from common.errors import HelpdeskError
from common.loops import repeat
from common.token_trust import public_key_from

log = structlog.get_logger("keyring")

RELOADS_PER_LEAD = 4


class WrongMasterKey(HelpdeskError):
    """The stored signing keys were encrypted with another master key."""

    code = "wrong_master_key"


class Keyring:
    """Reloaded several times within the lead that a new key has before it signs, so all replicas switch to it at the
    same time without a query."""

    name = "keyring"

    def __init__(self, master: Fernet, *, lead: timedelta) -> None:
        self._master = master
        self._interval = lead.total_seconds() / RELOADS_PER_LEAD
        self._keys: list[SigningKey] = []
        self._private: dict[str, Ed25519PrivateKey | None] = {}
        self._public: dict[str, Ed25519PublicKey] = {}

    async def load(self) -> None:
        """Creates the first key where there is none. Raises WrongMasterKey."""
        if await SigningKey.find_one({}) is None:
            with suppress(DuplicateKeyError):  # another replica created number 1
                await SigningKey.generate(1, self._master).commit()
        await self._read()

    async def run(self) -> None:
        """Until cancelled."""
        await repeat(self._read, pause_seconds=self._interval, name=self.name)

    @property
    def signing(self) -> tuple[str, Ed25519PrivateKey]:
        """The id and the private half of the key that signs."""
        key = key_schedule.signing_key(self._keys, clock.now())
        private = self._private[key.kid] if key else None
        if key is None or private is None:
            raise RuntimeError("the keyring is used before it was loaded")
        return key.kid, private

    @property
    def trusted(self) -> list[SigningKey]:
        return key_schedule.trusted_keys(self._keys, clock.now())

    async def public_key(self, kid: str) -> Ed25519PublicKey | None:
        """None for a key that is not trusted. Looks up a key that was created since the last reload."""
        if kid not in self._public and await SigningKey.find_one({"kid": kid}) is not None:
            await self._read()
        return self._public[kid] if any(key.kid == kid for key in self.trusted) else None

    async def _read(self) -> None:
        keys = await SigningKey.find({}).sort("number").to_list()
        try:
            self._private = {key.kid: key.private_key(self._master) for key in keys}
        except InvalidToken:
            raise WrongMasterKey("HELPDESK_MASTER_KEY is not the key that encrypted the signing keys.") from None
        self._public = {key.kid: public_key_from(key.public_key) for key in keys}
        self._keys = keys
