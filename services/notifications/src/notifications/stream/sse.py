"""Server-sent events on the wire (WHATWG HTML, section 9.2). Pure."""

import json
from typing import Any

RETRY_MILLISECONDS = 2000

DESCRIBED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "event": {"enum": ["notification", "end"]},
        "data": {"type": "string", "description": "JSON: a NotificationView, or `{reason}` of the end."},
        "id": {"type": "string", "description": "The position read up to, for `Last-Event-ID`."},
        "retry": {"type": "integer"},
    },
    "required": ["event", "data"],
}
"""One event, as OpenAPI describes it."""


def opening(position: int) -> bytes:
    """Says how soon to come back, and from where, should the connection be lost before anything came."""
    return f"retry: {RETRY_MILLISECONDS}\nid: {position}\n\n".encode()


def event(name: str, data: Any, *, position: int | None = None) -> bytes:
    """One event. Its `id` is what a client sends back as `Last-Event-ID`."""
    # JSON holds no line break of its own, so the data is one line.
    lines = [f"event: {name}", f"data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}"]
    if position is not None:
        lines.insert(0, f"id: {position}")
    return ("\n".join(lines) + "\n\n").encode()


HEARTBEAT = b":\n\n"
"""A comment: it keeps proxies from closing what looks idle, and clients learn of a dead connection by its absence."""
