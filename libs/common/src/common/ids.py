"""Identifiers: UUIDv7 for new things, name-based UUIDs for things that follow from others."""

import secrets
from datetime import UTC, datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from common import clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAMESPACE = uuid5(NAMESPACE_OID, "helpdesk")


def new_id(at: datetime | None = None) -> UUID:
    """A UUIDv7 (RFC 9562 section 5.7): 48 bits of Unix milliseconds, then 74 random bits.

    Sorting by id is sorting by `at` (default: now), to the millisecond.
    """
    milliseconds = ((at or clock.now()) - _EPOCH) // clock.MILLISECOND  # in integers: a float would round some down
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | secrets.randbits(12) << 64
    return UUID(int=value | 0b10 << 62 | secrets.randbits(62))


def lowest_id(at: datetime) -> UUID:
    """The edge between the UUIDv7s of before `at` and those of then and later: for a range of time over ids."""
    milliseconds = -((_EPOCH - at) // clock.MILLISECOND)  # rounded up: what was made before `at` stays below
    return UUID(int=min(max(milliseconds, 0), (1 << 48) - 1) << 80)


def derived_id(*causes: object) -> UUID:
    """The one id that follows from `causes` (UUIDv5, RFC 9562 section 5.5).

    An effect named after its cause can not be made twice: the second attempt meets the first one's key.
    """
    return uuid5(_NAMESPACE, "\n".join(map(str, causes)))


PLATFORM = UUID(int=0)
"""The organisation of what belongs to none, such as signing keys."""
