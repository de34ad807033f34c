"""A cursor names the last item seen; what no list handed out is a clear refusal."""

import base64
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import clock
from common.cursors import Order, after_cursor, encode_cursor
from common.errors import MalformedRequest

BY_TIME: Order = [("at", datetime, -1), ("_id", UUID, -1)]
ORDERS: list[Order] = [[("_id", UUID, 1)], [("n", int, 1)], BY_TIME]
TIMES = st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC)).map(clock.truncated)  # noqa: DTZ001


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@given(st.uuids() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text() | TIMES)
def test_a_position_comes_back_as_it_was(value: Any) -> None:
    order: Order = [("field", type(value), 1)]
    assert after_cursor(encode_cursor({"field": value}, order), order) == {"field": {"$gt": value}}


@given(TIMES, st.uuids())
def test_what_comes_after_begins_where_an_index_can_start(at: datetime, id_: UUID) -> None:
    assert after_cursor(encode_cursor({"at": at, "_id": id_}, BY_TIME), BY_TIME) == {
        "at": {"$lte": at},
        "$or": [{"at": {"$lt": at}}, {"at": at, "_id": {"$lt": id_}}],
    }


@given(st.text())
def test_any_position_fits_in_an_address_without_escaping(value: str) -> None:
    made = encode_cursor({"name": value}, [("name", str, 1)])
    assert set(made) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(st.text() | st.text().map(encoded))
@pytest.mark.parametrize("order", ORDERS)
def test_what_no_list_handed_out_is_malformed_and_nothing_worse(order: Order, text: str) -> None:
    with suppress(MalformedRequest):
        after_cursor(text, order)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    "text",
    [
        *("", "{}", "[]", "null", "[null]", "[true]", "[[]]", "Infinity", "[Infinity]", "[NaN]", "[1e999]", "[1.5]"),
        *(f"[{'9' * 19}]", f"[{'9' * 200}]", '"x"', '["x"]', '[{"$gt": ""}]', "[[[", "[1, 2, 3]", '["x", "y"]'),
    ],
)
def test_json_that_is_no_position_is_malformed(text: str, order: Order) -> None:
    with pytest.raises(MalformedRequest) as caught:
        after_cursor(encoded(text), order)
    assert caught.value.slug == "invalid_cursor"


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_mongodb_cannot_store_is_malformed(time: str) -> None:
    with pytest.raises(MalformedRequest):
        after_cursor(encoded(f'["{time}", "{UUID(int=0)}"]'), BY_TIME)


def test_a_cursor_of_another_list_is_malformed() -> None:
    with pytest.raises(MalformedRequest):
        after_cursor(encode_cursor({"n": 1}, [("n", int, 1)]), BY_TIME)


@pytest.mark.parametrize("text", ["*", "é", "a", "====", "_w", " "])
def test_what_is_not_base64_of_json_is_malformed(text: str) -> None:
    with pytest.raises(MalformedRequest):
        after_cursor(text, [("n", int, 1)])
