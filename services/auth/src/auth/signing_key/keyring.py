"""auth's own keys in memory: signs with the newest, verifies with all."""

from contextlib import suppress

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import SecretStr
from pymongo.errors import DuplicateKeyError

from auth.signing_key.document import SigningKey
from common.errors import HelpdeskError
from common.trust import public_key_from


class WrongMasterKey(HelpdeskError):
    """The stored signing keys were encrypted with another master key."""

    code = "wrong_master_key"


class Keyring:
    """Loaded once the database is there."""

    def __init__(self, master_key: SecretStr) -> None:
        self._master = Fernet(master_key.get_secret_value())
        self._public: dict[str, Ed25519PublicKey] = {}
        self._signing: tuple[str, Ed25519PrivateKey] | None = None

    async def load(self) -> None:
        """Reads all keys; makes the first one where there is none. Raises WrongMasterKey."""
        if await SigningKey.find_one({}) is None:
            with suppress(DuplicateKeyError):  # another replica made number 1
                await SigningKey.generate(1, self._master).commit()
        keys = await SigningKey.find({}).sort("number").to_list()
        self._public = {key.kid: public_key_from(key.public_key) for key in keys}
        newest = keys[-1]
        try:
            self._signing = (newest.kid, newest.private_key(self._master))
        except InvalidToken:
            raise WrongMasterKey("HELPDESK_MASTER_KEY is not the key that encrypted the signing keys.") from None

    @property
    def signing(self) -> tuple[str, Ed25519PrivateKey]:
        """The id and private half of the key that signs."""
        if self._signing is None:
            raise RuntimeError("the keyring is used before it was loaded")
        return self._signing

    @property
    def public(self) -> dict[str, Ed25519PublicKey]:
        """All public halves by key id."""
        return dict(self._public)

    async def public_key(self, kid: str) -> Ed25519PublicKey | None:
        """The key of that id; one that another replica made a moment ago is looked up."""
        if kid not in self._public and (found := await SigningKey.find_one({"kid": kid})) is not None:
            self._public[kid] = public_key_from(found.public_key)
        return self._public.get(kid)
