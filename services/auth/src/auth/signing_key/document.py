"""A signing key as stored, with its private half encrypted."""

import base64
from datetime import datetime, timedelta
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
    """An Ed25519 key (RFC 8037). `number` counts the keys. domain/key_schedule.py explains the times."""

    number: int
    kid: str
    public_key: str
    """base64url without padding: the JWK member `x`."""
    encrypted_private_key: bytes | None
    """None once the key is retired."""
    created_at: datetime
    published_at: datetime
    signs_from: datetime | None = None
    not_after: datetime | None = None

    class Settings(Aggregate.Settings):
        name = "signing_keys"
        indexes = [
            IndexModel([("kid", ASCENDING)], unique=True),
            IndexModel([("number", ASCENDING)], unique=True),
            OUTBOX_INDEX,
        ]

    @classmethod
    def generate(cls, number: int, master: Fernet) -> Self:
        """A new key, published by its event. The first one signs at once, because no other can."""
        private = Ed25519PrivateKey.generate()
        raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        encoded = base64.urlsafe_b64encode(public).decode().rstrip("=")
        id_ = derived_id("signing_key", encoded)
        now = clock.now()
        key = cls(
            id=id_,
            organisation_id=PLATFORM,
            number=number,
            kid=id_.hex[:16],
            public_key=encoded,
            encrypted_private_key=master.encrypt(raw),
            created_at=now,
            published_at=now,
            signs_from=now if number == 1 else None,
        )
        key.publish()
        return key

    def publish(self) -> None:
        """Again for services that are new, and with `not_after` once the key is retired."""
        self.published_at = clock.now()
        published = SigningKeyPublished(kid=self.kid, public_key=self.public_key, not_after=self.not_after)
        self.record(published, actor=None)

    def schedule(self, lead: timedelta) -> None:
        """The key signs one lead from now."""
        if self.signs_from is None:
            self.signs_from = clock.now() + lead

    def retire(self) -> None:
        if self.not_after is None:
            self.not_after = clock.now()
            self.encrypted_private_key = None
            self.publish()

    def private_key(self, master: Fernet) -> Ed25519PrivateKey | None:
        """None for a retired key. Raises cryptography.fernet.InvalidToken for another master key."""
        encrypted = self.encrypted_private_key
        return None if encrypted is None else Ed25519PrivateKey.from_private_bytes(master.decrypt(encrypted))
