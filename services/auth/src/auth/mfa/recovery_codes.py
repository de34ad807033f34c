"""Recovery codes: each lets somebody in once who has lost their app. Pure."""

import base64
import hashlib
import secrets

COUNT = 10


def new_codes() -> list[str]:
    """80 random bits each, e.g. `abcd-efgh-ijkl-mnop`. Shown once, and kept only as hashes."""
    return [_grouped(base64.b32encode(secrets.token_bytes(10)).decode().lower()) for _ in range(COUNT)]


def hashed(code: str) -> str:
    """What is kept of one, however it is typed: capitals, dashes and spaces do not matter. 80 random bits behind a
    limit on guesses need no slow hash."""
    return hashlib.sha256(plain(code).encode()).hexdigest()


def plain(code: str) -> str:
    """Without what is there for the eye."""
    return "".join(code.split()).replace("-", "").lower()


def _grouped(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
