"""Identifiers: UUIDv7 for new objects, name-based UUIDs for objects derived from others."""

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
    milliseconds = ((at or clock.now()) - _EPOCH) // clock.MILLISECOND  # integers: a float would round some down
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | secrets.randbits(12) << 64
    return UUID(int=value | 0b10 << 62 | secrets.randbits(62))


def lowest_id(at: datetime) -> UUID:
    """The lowest UUIDv7 of `at`: turns a range of time into a range of ids."""
    milliseconds = -((_EPOCH - at) // clock.MILLISECOND)  # rounded up: ids from before `at` stay below
    return UUID(int=min(max(milliseconds, 0), (1 << 48) - 1) << 80)


def scoped_id(id_: UUID, scope: str) -> UUID:
    """The UUIDv7 that follows from `id_`, also a UUIDv7, and `scope`. It has the same time; its last 62 bits are a
    hash."""
    return UUID(int=id_.int >> 62 << 62 | derived_id(id_, scope).int & (1 << 62) - 1)


def derived_id(*causes: object) -> UUID:
    """The one id that follows from `causes` (UUIDv5, RFC 9562 section 5.5).

    An effect with a derived id cannot happen twice: the second insert meets the unique key.
    """
    return uuid5(_NAMESPACE, "\n".join(map(str, causes)))


PLATFORM = UUID(int=0)
"""The organisation id of objects that belong to none, such as signing keys."""
