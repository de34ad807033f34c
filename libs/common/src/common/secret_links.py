"""Encrypts the links with secrets that auth issues and mailer emails.

auth knows the public key alone, so it cannot read what it has encrypted; only mailer's workers have the private keys.
The scheme is HPKE (RFC 9180, base mode) with X25519, HKDF-SHA256 and ChaCha20-Poly1305. The organisation, the
recipient, the purpose and the expiry are bound to the ciphertext: it cannot be decrypted as a part of any other event.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from pydantic import Field, JsonValue, ValidationError

from common.events import OpenWord
from common.events.auth import SecretLinkIssued
from common.events.base import Value
from common.events.notifications import Recipient
from common.notification_kinds import NotificationKind
from common.sealed import DecryptionError
from common.times import UtcTime

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


@dataclass(frozen=True)
class LinkBinding:
    """What is known of a link without decrypting it. Any other binding makes the decryption fail."""

    organisation_id: UUID
    recipient_id: UUID
    """The user, or the invitation."""
    purpose: str
    expires_at: datetime

    def as_bytes(self) -> bytes:
        """For the `info` of HPKE (RFC 9180 section 5.1)."""
        expiry = self.expires_at.astimezone(UTC).isoformat(timespec="milliseconds")
        return json.dumps([str(self.organisation_id), str(self.recipient_id), self.purpose, expiry]).encode()


class SecretLink(Value):
    """A link with everything that its email needs. `purpose` is a kind of notification that has a secret link
    (`notification_kinds.py`), and `context` its fields."""

    organisation_id: UUID
    purpose: OpenWord
    recipient: Recipient
    """The only address that the link is sent to."""
    token: str = Field(repr=False)
    expires_at: UtcTime
    context: Mapping[str, JsonValue] = {}

    @classmethod
    def new(
        cls, kind: NotificationKind, recipient: Recipient, organisation_id: UUID, *, token: str, expires_at: datetime
    ) -> Self:
        return cls(
            organisation_id=organisation_id,
            purpose=kind.name,
            recipient=recipient,
            token=token,
            expires_at=expires_at,
            context=kind.model_dump(mode="json"),
        )

    @property
    def binding(self) -> LinkBinding:
        return LinkBinding(self.organisation_id, self.recipient.id, self.purpose, self.expires_at)


class LinkEncryptor:
    """`public_key` is 32 bytes in base64url. Raises ValueError for anything else."""

    def __init__(self, public_key: str) -> None:
        self._key = X25519PublicKey.from_public_bytes(_decode(public_key))

    def issue(
        self, kind: NotificationKind, recipient: Recipient, organisation_id: UUID, *, token: str, expires_at: datetime
    ) -> SecretLinkIssued:
        """The event that asks mailer for the email."""
        link = SecretLink.new(kind, recipient, organisation_id, token=token, expires_at=expires_at)
        return SecretLinkIssued(purpose=link.purpose, expires_at=expires_at, sealed_link=self.encrypt(link))

    def encrypt(self, link: SecretLink) -> str:
        """The ciphertext, in base64url."""
        plaintext = link.model_dump_json().encode()
        return base64.urlsafe_b64encode(_SUITE.encrypt(plaintext, self._key, info=link.binding.as_bytes())).decode()


class LinkDecryptor:
    """Decrypts with any of `private_keys`: 32 bytes each, in base64url. Raises ValueError for anything else."""

    def __init__(self, private_keys: Sequence[str]) -> None:
        self._keys = [_private_key(key) for key in private_keys]

    def decrypt(self, sealed: str, binding: LinkBinding) -> SecretLink:
        """Raises DecryptionError, also for a ciphertext that is bound to anything else."""
        try:
            ciphertext = _decode(sealed)
        except ValueError:
            ciphertext = b""
        for key in self._keys:
            try:
                return SecretLink.model_validate_json(_SUITE.decrypt(ciphertext, key, info=binding.as_bytes()))
            except InvalidTag:
                continue
            except ValidationError:
                raise DecryptionError("the link was encrypted by another version of auth") from None
        raise DecryptionError("the link is altered, belongs to another email, or is encrypted with another key")


def public_key_of(private_key: str) -> str:
    """Both in base64url."""
    return base64.urlsafe_b64encode(_private_key(private_key).public_key().public_bytes_raw()).decode()


def _private_key(key: str) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(_decode(key))


def _decode(text: str) -> bytes:
    """Raises ValueError."""
    try:
        return base64.b64decode(text, altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(f"not base64url: {error}") from None
