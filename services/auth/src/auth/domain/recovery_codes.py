"""Recovery codes: each replaces one TOTP code for a user who has lost the app."""

import base64
import hashlib
import secrets

COUNT = 10


def generate_codes() -> list[str]:
    """80 random bits each, e.g. `abcd-efgh-ijkl-mnop`. Shown once and stored only as hashes."""
    return [_group(base64.b32encode(secrets.token_bytes(10)).decode().lower()) for _ in range(COUNT)]


def hash_code(code: str) -> str:
    """SHA-256 of the code without dashes, spaces and case. 80 random bits behind a rate limit need no slow one."""
    normalized = "".join(code.split()).replace("-", "").lower()
    return hashlib.sha256(normalized.encode()).hexdigest()


def _group(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
