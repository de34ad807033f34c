"""Whom a message calls for: `@[Name](user-id)`, as the client writes it when a name is chosen. Pure.

A bare `@name` would be whoever has that name today; the id stays the same person.
"""

import re
from uuid import UUID

_MENTION = re.compile(
    r"@\[[^\]\n]{1,200}\]\(([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\)", re.IGNORECASE
)

MOST = 50
"""Who calls for more, calls for nobody in particular."""


def mentioned_in(body: str) -> list[UUID]:
    """The ids, in the order they come, each once."""
    return list(dict.fromkeys(UUID(found) for found in _MENTION.findall(body)))[:MOST]
