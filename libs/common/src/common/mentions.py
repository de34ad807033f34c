"""Mentions in a message: `@[Name](user-id)`, as the web client writes them. The id outlives a change of name.

The name may contain brackets: it ends before the first `](user-id)`. A mention that follows a backslash is none. The
web client has the same pattern in `web/src/tickets/conversation/mentions.ts`. Pure.
"""

import re
from uuid import UUID

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

MENTION = re.compile(rf"(?<!\\)@\[(?P<name>(?:(?!@\[)[^\n]){{1,200}}?)\]\((?P<id>{_UUID})\)", re.IGNORECASE)

MAX_MENTIONS = 50
"""Further mentions in the same message notify nobody."""


def find_mentions(body: str) -> list[UUID]:
    """The distinct ids in the order of their first mention."""
    return list(dict.fromkeys(UUID(found["id"]) for found in MENTION.finditer(body)))[:MAX_MENTIONS]


def show_names(text: str) -> str:
    """The text with `@Name` instead of each mention, for people who have no use for an id."""
    return MENTION.sub(lambda found: f"@{found['name']}", text)
