"""Events stay compatible: the committed schemas and documents match the event classes.

A failure says what broke and what to do about it.
"""

import os
import subprocess
import sys

import jsonschema_rs
import pytest

from common.catalogue import ROOT, drifted, golden
from common.events import EVENTS, Event
from common.messaging.topology import SUBSCRIPTIONS
from common.services import SERVICES


def test_no_event_class_breaks_what_its_golden_schema_promises() -> None:
    problems = golden.refusals(EVENTS, ROOT)
    assert not problems, "\n".join(problems)


def test_the_golden_schemas_and_documents_have_not_drifted() -> None:
    problems = drifted()
    assert not problems, "\n".join(problems)


def test_every_event_has_a_golden_schema_and_every_golden_schema_an_event() -> None:
    difference = {path.stem for path in (ROOT / golden.FOLDER).iterdir()} ^ set(EVENTS)
    assert not difference, (
        f"{difference}: a new event gets its schema from `make generate`; the schema of a released event stays, and so "
        "does its class."
    )


@pytest.mark.parametrize("service", SUBSCRIPTIONS)
def test_services_subscribe_only_to_events_that_exist(service: str) -> None:
    assert {event.versioned_type() for event in SUBSCRIPTIONS[service]} <= set(EVENTS)
    assert all(EVENTS[event.versioned_type()] is event for event in SUBSCRIPTIONS[service])


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_publishes_what_people_do_with_its_dead_letters(service: str) -> None:
    assert {f"{service}.dead_letter.replayed.v1", f"{service}.dead_letter.discarded.v1"} <= set(EVENTS)


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_an_event_is_named_by_service_aggregate_and_fact(event: type[Event]) -> None:
    assert len(event.type.split(".")) == 3
    assert event.__module__ == f"common.events.{event.service()}"


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_the_class_of_a_later_version_is_named_by_its_number(event: type[Event]) -> None:
    first = next(each for each in EVENTS.values() if each.type == event.type)
    assert event.__name__ == (first.__name__ if event.version == 1 else f"{first.__name__}V{event.version}")


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_a_golden_schema_is_valid_and_refuses_an_empty_event(event: type[Event]) -> None:
    schema = golden.schema_of(event)
    jsonschema_rs.meta.validate(schema)
    assert not jsonschema_rs.is_valid(schema, {})


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_check_passes_in_any_process(seed: str) -> None:
    """Generated files do not depend on the order of sets."""
    checked = subprocess.run(
        [sys.executable, "-m", "common.catalogue", "--check"],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stderr) == (0, "")
