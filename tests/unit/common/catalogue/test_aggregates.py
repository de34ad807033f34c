"""The documented subjects end in the id of the document that records the event."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from common.events import EVENTS

SERVICES = Path(__file__).parents[4] / "services"
ID_OF = {"FailedLogin": "login", "Person": "user", "StoredSettings": "organisation"}
"""Documents whose id is another document's, or whose name is not the public word."""
STANDALONE = {"dead letter action"}
"""Recorded by no document of a service, but by common/outbox/standalone.py."""


def recorded() -> Iterator[tuple[str, str]]:
    """Name of an event class -> class of the aggregate whose methods construct or take it."""
    services = {event.__name__: event.service() for event in EVENTS.values()}
    for path in SERVICES.glob("*/src/**/document.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "Aggregate" for base in node.bases):
                for each in ast.walk(node):
                    name = (
                        each.id if isinstance(each, ast.Name) else each.attr if isinstance(each, ast.Attribute) else ""
                    )
                    if services.get(name) == path.relative_to(SERVICES).parts[0]:
                        yield name, node.name


def test_every_event_names_the_aggregate_that_records_it() -> None:
    owners: dict[str, set[str]] = {}
    for event, document in recorded():
        name = ID_OF.get(document) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", document).lower()
        owners.setdefault(event, set()).add(name)
    documented = [event for event in EVENTS.values() if event.aggregate not in STANDALONE]
    assert owners == {event.__name__: set(event.aggregate.split(" or ")) for event in documented}
