"""Everything that a caller or a service can send has a bound in its type: each string, list and map."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from common.events import EVENTS, Envelope, Event
from common.notification_kinds import KINDS, NotificationKind
from common.services import SERVICES
from tests.contracts.test_openapi import document_of

Schema = Mapping[str, Any]

_FIXED_FORMATS = {"uuid", "date-time", "date"}


def unbounded(schema: Schema, definitions: Schema, field: str, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """The fields of a JSON Schema that can be arbitrarily long. What has no type is a value of another field."""
    if name := schema.get("$ref", "").rpartition("/")[2]:
        if name not in seen:
            yield from unbounded(definitions[name], definitions, field, seen | {name})
        return
    for alternative in [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]:
        yield from unbounded(alternative, definitions, field, seen)
    match schema.get("type"):
        case "string" if not schema.keys() & {"maxLength", "enum", "const"}:
            if schema.get("format") not in _FIXED_FORMATS:
                yield field
        case "array":
            if "maxItems" not in schema:
                yield f"{field}[]"
            yield from unbounded(schema.get("items", {}), definitions, f"{field}[]", seen)
        case "object":
            for name, inner in schema.get("properties", {}).items():
                yield from unbounded(inner, definitions, f"{field}.{name}", seen)
            if isinstance(values := schema.get("additionalProperties"), Mapping):
                if "maxProperties" not in schema:
                    yield f"{field}{{}}"
                yield from unbounded(values, definitions, f"{field}{{}}", seen)


@pytest.mark.parametrize("service", SERVICES)
async def test_every_parameter_header_and_body_of_a_request_is_bounded(service: str) -> None:
    document = await document_of(service)
    definitions = document["components"]["schemas"]
    found: list[str] = []
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            for parameter in call.get("parameters", []):
                found += unbounded(parameter["schema"], definitions, f"{method} {path} {parameter['name']}")
            content = call.get("requestBody", {}).get("content", {})
            # Uploads are streamed, and measured while they arrive.
            body = content.get("application/json", {}).get("schema", {})
            found += unbounded(body, definitions, f"{method} {path}")
    assert found == []


@pytest.mark.parametrize("event", [*EVENTS.values(), *KINDS.values()], ids=lambda each: each.__name__)
def test_every_field_of_an_event_and_of_the_context_of_an_email_is_bounded(
    event: type[Event] | type[NotificationKind],
) -> None:
    schema = event.model_json_schema()

    assert list(unbounded(schema, schema.get("$defs", {}), event.__name__)) == []


def test_every_text_of_an_envelope_is_bounded() -> None:
    schema = Envelope.model_json_schema()
    schema["properties"].pop("data")  # the event

    assert list(unbounded(schema, schema["$defs"], "Envelope")) == []
