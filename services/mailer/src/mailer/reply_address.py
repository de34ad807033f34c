"""The address that answers to one mail go to: it says which mail was answered, and proves that we made it up. Pure.

A local part holds 64 characters at the most (RFC 5321 section 4.5.3.1.1), and servers on the way may change its case:
so it is base32 in small letters, of the mail's id and 80 bits of HMAC-SHA256.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from uuid import UUID

_PREFIX = "reply+"
_ID_CHARACTERS = 26
_PROOF_BYTES = 10


def reply_address(mail_id: UUID, domain: str, key: bytes) -> str:
    """To be put into `Reply-To`."""
    return f"{_PREFIX}{_base32(mail_id.bytes)}{_base32(_proof(mail_id, key))}@{domain}"


def answered_mail(address: str, domain: str, keys: Sequence[bytes]) -> UUID | None:
    """The mail that what was sent to `address` answers; None where we did not make that address."""
    local, _, at = address.strip().lower().rpartition("@")
    if at != domain.lower() or not local.startswith(_PREFIX):
        return None
    said = local.removeprefix(_PREFIX)
    try:
        mail_id = UUID(bytes=_from_base32(said[:_ID_CHARACTERS]))
        proof = _from_base32(said[_ID_CHARACTERS:])
    except (ValueError, binascii.Error):
        return None
    return mail_id if any(hmac.compare_digest(proof, _proof(mail_id, key)) for key in keys) else None


def _proof(mail_id: UUID, key: bytes) -> bytes:
    return hmac.digest(key, b"reply\n" + mail_id.bytes, hashlib.sha256)[:_PROOF_BYTES]


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()


def _from_base32(text: str) -> bytes:
    return base64.b32decode(text.upper() + "=" * (-len(text) % 8))
