"""The signed address that replies to one mail go to. It names the mail that is answered. Pure.

A local part has at most 64 characters (RFC 5321 section 4.5.3.1.1), and servers may change its case: it is lower-case
base32 of the mail's id and 128 bits of HMAC-SHA256.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from uuid import UUID

_PREFIX = "reply+"
_ID_CHARACTERS = 26
_SIGNATURE_BYTES = 16


def reply_address(mail_id: UUID, domain: str, key: bytes) -> str:
    """The value of `Reply-To`."""
    return f"{_PREFIX}{_signed_id(mail_id, key)}@{domain}"


def answered_mail(address: str, domain: str, keys: Sequence[bytes]) -> UUID | None:
    """The id of the mail that was answered; None if we did not sign that address."""
    local, _, at = address.strip().lower().rpartition("@")
    if at != domain.lower() or not local.startswith(_PREFIX):
        return None
    encoded = local.removeprefix(_PREFIX)
    try:
        mail_id = UUID(bytes=_from_base32(encoded[:_ID_CHARACTERS]))
    except (ValueError, binascii.Error):
        return None
    # As text: the last letters of id and signature have bits that decoding ignores.
    signed = (_signed_id(mail_id, key) for key in keys)
    return mail_id if any(hmac.compare_digest(encoded.encode(), each.encode()) for each in signed) else None


def _signed_id(mail_id: UUID, key: bytes) -> str:
    signature = hmac.digest(key, b"reply\n" + mail_id.bytes, hashlib.sha256)[:_SIGNATURE_BYTES]
    return _base32(mail_id.bytes) + _base32(signature)


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()


def _from_base32(text: str) -> bytes:
    return base64.b32decode(text.upper() + "=" * (-len(text) % 8))
