"""Opaque tokens: 256 random bits behind the id of what they open. Only their hashes are kept. Pure."""

import hashlib
import hmac
import secrets
from uuid import UUID


def new_token(owner: UUID) -> str:
    """`<owner>.<secret>`; fits into an address or a cookie without escaping."""
    return f"{owner}.{secrets.token_urlsafe(32)}"


def hashed(token: str) -> str:
    """What is kept of it. 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_hash_of(kept: str | None, token: str) -> bool:
    """Whether that token was meant, in a time that does not say how nearly it was."""
    return kept is not None and hmac.compare_digest(kept, hashed(token))


def owner_of(token: str | None) -> UUID | None:
    """What it would open; None for what is no such token."""
    try:
        return UUID((token or "").partition(".")[0])
    except ValueError:
        return None
