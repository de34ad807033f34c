"""The format of server-sent events (WHATWG HTML, section 9.2). Pure."""

import json
from typing import Any

RETRY_MILLISECONDS = 2000

EVENT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "event": {"enum": ["start", "notification", "end"]},
        "data": {"type": "string", "description": "JSON: `{}`, a NotificationView, or `{reason}`."},
        "id": {"type": "string", "description": "The position, for `Last-Event-ID`."},
        "retry": {"type": "integer"},
    },
    "required": ["event", "data"],
}
"""One event, for OpenAPI."""


def start(position: int) -> bytes:
    """The first event: the reconnection time, and the position to resume from if the connection is lost before the next
    one. It has data, because clients ignore an event without."""
    return f"retry: {RETRY_MILLISECONDS}\n".encode() + event("start", {}, position=position)


def event(name: str, data: Any, *, position: int | None = None) -> bytes:
    """One event. A client sends its `id` back as `Last-Event-ID`."""
    # JSON contains no raw line break, so the data is one line.
    lines = [f"event: {name}", f"data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}"]
    if position is not None:
        lines.insert(0, f"id: {position}")
    return ("\n".join(lines) + "\n\n").encode()


HEARTBEAT = b":\n\n"
"""A comment. It keeps proxies from closing an idle connection, and its absence shows clients a dead one."""
