"""The life of a signing key, by the clock. Pure.

made        published at once, so that every verifier learns it
scheduled   the stream has it: it will sign from a time on that is a lead away, by when every replica knows
signing     from that time on, on all replicas at once; the one before it only verifies
retired     the last token it signed has expired: nobody believes it any more, and its private half is gone
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar


class Key(Protocol):
    """What matters here of a key. `signs_from` is None before it is scheduled, `not_after` before it is retired."""

    @property
    def number(self) -> int: ...

    @property
    def created_at(self) -> datetime: ...

    @property
    def signs_from(self) -> datetime | None: ...

    @property
    def not_after(self) -> datetime | None: ...


K = TypeVar("K", bound=Key)


def signing(keys: Sequence[K], at: datetime) -> K | None:
    """The key that signs: the newest whose time has come. None where there is none."""
    due = [key for key in keys if key.signs_from is not None and key.signs_from <= at and key.not_after is None]
    return max(due, key=lambda key: key.number, default=None)


def believed(keys: Sequence[K], at: datetime) -> list[K]:
    """The keys whose tokens are believed: all but the retired ones, also those that do not sign yet."""
    return [key for key in keys if key.not_after is None or key.not_after > at]


def replaced(keys: Sequence[K], at: datetime, lifetime: timedelta) -> list[K]:
    """The keys to retire: a newer one has been signing for longer than any of their tokens lives."""
    newer = signing(keys, at - lifetime)
    return [key for key in keys if newer is not None and key.number < newer.number and key.not_after is None]


def needs_request(keys: Sequence[K], at: datetime, every: timedelta) -> bool:
    """Whether it is time for a new key: the newest one signs, and was made that long ago."""
    newest = max(keys, key=lambda key: key.number, default=None)
    return newest is not None and newest.signs_from is not None and newest.created_at + every <= at
