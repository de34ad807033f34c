"""No aggregate is deleted before its events are published."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from pymongo import IndexModel

from common.outbox import Aggregate
from common.services import SERVICES

for service in SERVICES:
    import_module(f"{service}.app")


def aggregates(base: type[Aggregate] = Aggregate) -> Iterator[type[Aggregate]]:
    for each in base.__subclasses__():
        yield each
        yield from aggregates(each)


TTL_INDEXES: list[Any] = [
    pytest.param(index.document, id=f"{aggregate.__name__} {index.document['name']}")
    for aggregate in aggregates()
    for index in getattr(aggregate.Settings, "indexes", [])
    if isinstance(index, IndexModel) and "expireAfterSeconds" in index.document
]


def test_some_aggregates_expire() -> None:
    assert {each.id.split()[0] for each in TTL_INDEXES} >= {"FailedLogin", "Invitation", "Session"}


@pytest.mark.parametrize("index", TTL_INDEXES)
def test_only_an_aggregate_with_an_empty_outbox_expires(index: dict[str, Any]) -> None:
    assert index.get("partialFilterExpression") == {"outbox": []}
