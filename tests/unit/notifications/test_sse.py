"""What goes over the wire can be read by any client of server-sent events."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from notifications.stream import sse

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def parsed(stream: bytes) -> list[dict[str, str]]:
    """As a client reads it: blocks of fields, ended by an empty line (WHATWG HTML, section 9.2.6)."""
    text = stream.decode()
    assert text.endswith("\n\n")
    assert "\r" not in text
    blocks = [block.split("\n") for block in text.removesuffix("\n\n").split("\n\n")]
    return [dict(line.split(": ", 1) for line in block if not line.startswith(":")) for block in blocks]


@given(JSON, st.none() | st.integers(0, 2**63 - 1))
def test_whatever_an_event_says_arrives_as_one_event(data: Any, position: int | None) -> None:
    [block] = parsed(sse.event("notification", data, position=position))
    assert block["event"] == "notification"
    assert json.loads(block["data"]) == data
    assert block.get("id") == (None if position is None else str(position))


def test_the_first_event_has_the_position_and_is_no_notification() -> None:
    assert parsed(sse.start(41)) == [{"retry": "2000", "id": "41", "event": "start", "data": "{}"}]


def test_a_heartbeat_is_a_comment() -> None:
    assert parsed(sse.HEARTBEAT) == [{}]
