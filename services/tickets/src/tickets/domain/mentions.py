"""Mentions in a message: `@[Name](user-id)`, as the client writes them. The id outlives a change of name."""

import re
from uuid import UUID

_MENTION = re.compile(
    r"@\[[^\]\n]{1,200}\]\(([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\)", re.IGNORECASE
)

MAX_MENTIONS = 50
"""Further mentions in the same message are ignored."""


def find_mentions(body: str) -> list[UUID]:
    """The distinct ids in the order of their first mention."""
    return list(dict.fromkeys(UUID(found) for found in _MENTION.findall(body)))[:MAX_MENTIONS]
