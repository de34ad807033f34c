"""The written-down promises follow the code, and the code can not break one by being written down again."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from pydantic import create_model

from common import catalogue
from common.catalogue import asyncapi, drifted, golden, reference
from common.events import EVENTS, Actor, Envelope, Event
from common.events.base import Value
from common.messaging import wire
from common.messaging.topology import SUBSCRIPTIONS

NAME = "tickets.ticket.sketched.v1"
GOLDEN = golden.FOLDER / f"{NAME}.json"


class Sketched(Event, type="tickets.ticket.sketched"):
    """Somebody drew | a ticket."""

    title: str
    """What is on it."""


def changed(**fields: Any) -> type[Event]:
    """Another state of the same class."""
    return create_model("Sketched", __base__=Event, __cls_kwargs__={"type": "tickets.ticket.sketched"}, **fields)


def said(event: type[Event]) -> dict[str, type[Event]]:
    return {event.versioned_type(): event}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A working copy in which `Sketched` was committed."""
    catalogue.write(said(Sketched), tmp_path)
    return tmp_path


def test_a_new_event_gets_its_golden_schema_and_its_place_in_the_documents(tmp_path: Path) -> None:
    assert [each.split()[0] for each in drifted(said(Sketched), tmp_path)] == [
        str(GOLDEN),
        "docs/events.md",
        "docs/asyncapi.yaml",
    ]
    written = catalogue.write(said(Sketched), tmp_path)
    assert [str(path.relative_to(tmp_path)) for path in written] == [
        str(GOLDEN),
        "docs/events.md",
        "docs/asyncapi.yaml",
    ]
    assert json.loads((tmp_path / GOLDEN).read_text())["properties"]["title"]["description"] == "What is on it."
    assert drifted(said(Sketched), tmp_path) == []
    assert catalogue.write(said(Sketched), tmp_path) == []


def test_an_optional_field_passes_and_its_golden_schema_is_behind_until_it_is_written(root: Path) -> None:
    more = said(changed(title=(str, ...), note=(str | None, None)))
    assert golden.refusals(more, root) == []
    assert f"{GOLDEN} does not match the event classes: run `python -m common.catalogue --write` and commit it." in (
        drifted(more, root)
    )
    catalogue.write(more, root)
    assert drifted(more, root) == []
    # From now on it is promised, too.
    assert golden.refusals(said(Sketched), root) != []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "`title` was removed: put it back"),
        ({"title": (int, ...)}, "`title` changed from string to integer: make it string again"),
        ({"title": (str, ...), "note": (str, ...)}, "`note` is new and required"),
    ],
)
def test_a_broken_promise_is_refused_and_nothing_is_written(fields: dict[str, Any], sentence: str, root: Path) -> None:
    before = {path: path.read_text() for path in root.rglob("*.*")}
    broken = said(changed(**fields))
    assert any(each.startswith(f"{NAME}: {sentence}") for each in golden.refusals(broken, root))
    with pytest.raises(golden.Incompatible, match="declare a class SketchedV2 with version=2"):
        catalogue.write(broken, root)
    assert {path: path.read_text() for path in root.rglob("*.*")} == before


def test_a_new_version_is_published_beside_the_old_one(root: Path) -> None:
    class Redrawn(Event, type="tickets.ticket.sketched", version=2):
        """Somebody drew a ticket with numbers."""

        title: int

    both = {**said(Sketched), **said(Redrawn)}
    assert [path.name for path in catalogue.write(both, root)] == [
        "tickets.ticket.sketched.v2.json",
        "events.md",
        "asyncapi.yaml",
    ]


def test_a_golden_schema_without_an_event_is_refused_by_name(root: Path) -> None:
    (sentence,) = golden.refusals({}, root)
    assert sentence.startswith(f"{NAME}: the event has a golden schema and no class")
    assert str(GOLDEN) in sentence


def test_a_document_that_was_edited_by_hand_is_named(root: Path) -> None:
    page = root / "docs" / "events.md"
    page.write_text(page.read_text() + "And so on.\n")
    (sentence,) = drifted(said(Sketched), root)
    assert sentence.startswith("docs/events.md does not match the event classes")


def test_the_page_tells_of_each_event_who_hears_it_and_what_is_in_it() -> None:
    text = reference.text(EVENTS, SUBSCRIPTIONS)
    for name, event in EVENTS.items():
        section = text.split(f"### {name}\n")[1].split("\n### ")[0].split("\n## ")[0]
        assert (event.__doc__ or "").split("\n")[0] in section
        assert f"`{name}.<organisation id>." in section
        heard = section.split("- Subscribers: ")[1].splitlines()[0]
        assert {service for service in SUBSCRIPTIONS if service in heard.split(", ")} == {
            service for service, events in SUBSCRIPTIONS.items() if event in events
        }
        for field in event.model_fields:
            assert f"| `{field}` |" in section
    assert "The raw 32 bytes, base64url without padding" in text


def test_every_link_of_the_page_leads_to_a_heading() -> None:
    text = reference.text(EVENTS, SUBSCRIPTIONS)
    headings = {line.lstrip("# ").lower().replace(".", "") for line in text.splitlines() if line.startswith("#")}
    links = {part.split(")")[0] for part in text.split("](#")[1:]}
    assert links <= headings


def test_a_pipe_in_an_explanation_does_not_break_the_table() -> None:
    class Piped(Event, type="tickets.ticket.piped"):
        """Is written."""

        way: str
        """Either a | b."""

    row = next(line for line in reference.text(said(Piped), {}).splitlines() if line.startswith("| `way`"))
    assert row.replace("\\|", "").count("|") == 5


def test_the_headers_that_are_described_are_those_that_are_sent() -> None:
    plain = Envelope.model_validate(
        {
            "id": UUID(int=1),
            "type": "tickets.ticket.created",
            "version": 1,
            "time": "2026-05-14T09:30:00Z",
            "organisation_id": UUID(int=2),
            "aggregate_id": UUID(int=3),
            "sequence": 1,
            "data": {},
        }
    )
    full = plain.model_copy(
        update={
            "actor": Actor(id=UUID(int=4), name="Ada", role="agent"),
            **dict.fromkeys(("causation_id", "ip", "user_agent", "traceparent"), "x"),
        }
    )
    assert set(asyncapi.HEADERS) == set(wire.encode(full)[0])
    assert {name for name, header in asyncapi.HEADERS.items() if header.always} == set(wire.encode(plain)[0])


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    document = yaml.safe_load(asyncapi.text(EVENTS, SUBSCRIPTIONS))
    followed = 0

    def walk(node: Any) -> None:
        nonlocal followed
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                target = document
                for step in node["$ref"].removeprefix("#/").split("/"):
                    target = target[step]
                followed += 1
            for each in node.values():
                walk(each)
        elif isinstance(node, list):
            for each in node:
                walk(each)

    walk(document)
    assert followed > 3 * len(EVENTS)


def test_the_asyncapi_document_has_the_whole_wiring() -> None:
    document = asyncapi.document(EVENTS, SUBSCRIPTIONS)
    assert set(document["channels"]) == set(document["components"]["messages"]) == set(EVENTS)
    sent = [name for name, each in document["operations"].items() if each["action"] == "send"]
    heard = [name for name, each in document["operations"].items() if each["action"] == "receive"]
    assert sorted(sent) == sorted(f"{event.service()}.publishes.{name}" for name, event in EVENTS.items())
    assert sorted(heard) == sorted(
        f"{service}.receives.{event.versioned_type()}" for service, events in SUBSCRIPTIONS.items() for event in events
    )
    for name, channel in document["channels"].items():
        envelope_subject = f"{name}.{{organisation_id}}.{{aggregate_id}}"
        assert channel["address"] == envelope_subject
        assert set(channel["parameters"]) == {"organisation_id", "aggregate_id"}


def test_a_part_that_two_events_share_is_described_once_where_readers_look() -> None:
    class Shared(Value):
        """Is shared."""

        id: UUID

    one = create_model("One", __base__=Event, __cls_kwargs__={"type": "auth.user.one"}, part=(Shared, ...))
    two = create_model("Two", __base__=Event, __cls_kwargs__={"type": "auth.user.two"}, part=(Shared, ...))
    events = {**said(one), **said(two)}
    assert set(asyncapi.document(events, {})["components"]["schemas"]) == {"Headers", "Shared", "One", "Two"}
    assert reference.text(events, {}).count("### Shared") == 1
