"""The life cycle of a signing key, by the clock.

created     published at once, so that every verifier learns it
scheduled   the stream has it: it signs from a time that is one lead away, by when every replica knows it
signing     all replicas switch to it at the same time; the previous key only verifies
retired     the last token it signed has expired: it is no longer trusted, and its private half is deleted
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar


class Key(Protocol):
    """`signs_from` is None before the key is scheduled, `not_after` before it is retired."""

    number: int
    created_at: datetime
    signs_from: datetime | None
    not_after: datetime | None


K = TypeVar("K", bound=Key)


def signing_key(keys: Sequence[K], at: datetime) -> K | None:
    """The key that signs: the newest whose time has come."""
    due = [key for key in keys if key.signs_from is not None and key.signs_from <= at and key.not_after is None]
    return max(due, key=lambda key: key.number, default=None)


def trusted_keys(keys: Sequence[K], at: datetime) -> list[K]:
    """All keys except the retired ones, including those that do not sign yet."""
    return [key for key in keys if key.not_after is None or key.not_after > at]


def keys_to_retire(keys: Sequence[K], at: datetime, lifetime: timedelta) -> list[K]:
    """The keys whose successor has signed for longer than the lifetime of a token."""
    successor = signing_key(keys, at - lifetime)
    return [key for key in keys if successor is not None and key.number < successor.number and key.not_after is None]


def is_rotation_due(keys: Sequence[K], at: datetime, max_age: timedelta) -> bool:
    """Whether the newest key signs and has reached `max_age`."""
    newest = max(keys, key=lambda key: key.number, default=None)
    return newest is not None and newest.signs_from is not None and newest.created_at + max_age <= at
