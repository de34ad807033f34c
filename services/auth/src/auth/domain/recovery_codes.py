"""Recovery codes: each replaces one TOTP code for a user who has lost the app."""

import hashlib
import secrets

COUNT = 10
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
"""Of base32 (RFC 4648): no digit looks like a letter."""
_GROUPS, _GROUP_LENGTH = 7, 4


def generate_codes() -> list[str]:
    """140 random bits each, e.g. `abcd-efgh-ijkl-mnop-qrst-uvwx-yz23`. Shown once and stored only as hashes."""
    return ["-".join(_random_group() for _ in range(_GROUPS)) for _ in range(COUNT)]


def hash_code(code: str) -> str:
    """SHA-256 of the code without dashes, spaces and case. 140 random bits need no slow hash."""
    normalized = "".join(code.split()).replace("-", "").lower()
    return hashlib.sha256(normalized.encode()).hexdigest()


def _random_group() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH))
