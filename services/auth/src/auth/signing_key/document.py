"""A signing key as stored: its private half only encrypted."""

import base64
from datetime import datetime
from typing import Self

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pymongo import ASCENDING, IndexModel

from common import clock
from common.events.auth import SigningKeyPublished
from common.ids import PLATFORM, derived_id
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX


class SigningKey(Aggregate):
    """An Ed25519 key (RFC 8037). `number` counts them: the highest one signs, older ones still verify."""

    number: int
    kid: str
    public_key: str
    encrypted_private_key: bytes
    created_at: datetime

    class Settings(Aggregate.Settings):
        name = "signing_keys"
        indexes = [
            IndexModel([("kid", ASCENDING)], unique=True),
            IndexModel([("number", ASCENDING)], unique=True),
            OUTBOX_INDEX,
        ]

    @classmethod
    def generate(cls, number: int, master: Fernet) -> Self:
        """A new key, and the event by which every service learns of it."""
        private = Ed25519PrivateKey.generate()
        raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        encoded = base64.urlsafe_b64encode(public).decode().rstrip("=")
        id_ = derived_id("signing_key", encoded)
        key = cls(
            id=id_,
            organisation_id=PLATFORM,
            number=number,
            kid=id_.hex[:16],
            public_key=encoded,
            encrypted_private_key=master.encrypt(raw),
            created_at=clock.now(),
        )
        key.record(SigningKeyPublished(kid=key.kid, public_key=encoded), actor=None)
        return key

    def private_key(self, master: Fernet) -> Ed25519PrivateKey:
        """Raises cryptography.fernet.InvalidToken when the master key is not the one it was encrypted with."""
        return Ed25519PrivateKey.from_private_bytes(master.decrypt(self.encrypted_private_key))
