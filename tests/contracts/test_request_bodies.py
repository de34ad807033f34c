"""A request body of before is accepted and means the same (docs/decisions/0024)."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from common.services import SERVICES
from stack.openapi import merge
from stack.paths import CHECKOUT, OPENAPI
from stack.request_bodies import EXCEPTIONS, breaks, refusals
from tests.contracts.test_openapi import document_of

Document = dict[str, Any]

DOCUMENT: Document = {
    "paths": {
        "/tickets": {
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewTicket"}}},
                }
            }
        }
    },
    "components": {
        "schemas": {
            "NewTicket": {
                "type": "object",
                "additionalProperties": False,
                "required": ["title"],
                "properties": {
                    "title": {"type": "string", "maxLength": 200, "minLength": 1},
                    "priority": {"enum": ["low", "high"], "type": "string", "default": "low"},
                    "category": {"anyOf": [{"type": "string", "maxLength": 80}, {"type": "null"}]},
                    "tags": {"type": "array", "maxItems": 20, "items": {"$ref": "#/components/schemas/Tag"}},
                },
            },
            "Tag": {"type": "string", "maxLength": 40},
        }
    },
}


def fields(document: Document) -> Document:
    found: Document = document["components"]["schemas"]["NewTicket"]["properties"]
    return found


async def test_the_bodies_of_the_committed_document_are_accepted_and_mean_the_same() -> None:
    generated = merge({service: await document_of(service) for service in SERVICES})
    refused = refusals(json.loads(OPENAPI.read_text()), generated, (CHECKOUT / EXCEPTIONS).read_text())
    assert refused == [], "\n".join(refused)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda it: it["paths"].clear(), "the body is no longer accepted"),
        (lambda it: it["components"]["schemas"]["NewTicket"]["required"].append("tags"), "`tags` is now required"),
        (lambda it: fields(it).pop("tags"), "`tags` is no longer accepted"),
        (lambda it: fields(it)["title"].update(type="integer"), "`title` no longer accepts the type string"),
        (lambda it: fields(it)["title"].update(maxLength=100), "`title` has the narrower maxLength 100"),
        (lambda it: fields(it)["title"].update(minLength=2), "`title` has the narrower minLength 2"),
        (lambda it: fields(it)["title"].update(pattern="^x"), "`title` has another pattern"),
        (lambda it: fields(it)["priority"].update(enum=["low"]), "`priority` no longer accepts high"),
        (
            lambda it: fields(it)["priority"].update(default="high"),
            "a body without `priority` now means something else",
        ),
        (lambda it: fields(it)["priority"].pop("default"), "a body without `priority` now means something else"),
        (lambda it: fields(it)["category"]["anyOf"].pop(), "`category` no longer accepts every null value"),
        (lambda it: it["components"]["schemas"]["Tag"].update(maxLength=4), "`tags[]` has the narrower maxLength 4"),
    ],
)
def test_a_change_that_breaks_a_client_is_named(change: Callable[[Document], Any], sentence: str) -> None:
    after = deepcopy(DOCUMENT)
    change(after)

    [found] = breaks(DOCUMENT, after)

    assert found.startswith("POST /tickets: ")
    assert sentence in found
    [refused] = refusals(DOCUMENT, after, "")
    assert "undo the change" in refused
    assert refusals(DOCUMENT, after, f"- {found} Because.") == []


@pytest.mark.parametrize(
    "change",
    [
        lambda it: fields(it).update(due_on={"type": "string", "format": "date"}),
        lambda it: it["components"]["schemas"]["NewTicket"].pop("required"),
        lambda it: fields(it)["title"].update(maxLength=300),
        lambda it: fields(it)["title"].pop("minLength"),
        lambda it: fields(it)["priority"]["enum"].append("urgent"),
        lambda it: fields(it)["category"]["anyOf"].append({"type": "integer"}),
        lambda it: fields(it).update(title={"anyOf": [fields(it)["title"], {"type": "null"}]}),
        lambda it: it["paths"].update({"/others": it["paths"]["/tickets"]}),
    ],
)
def test_a_wider_body_breaks_nobody(change: Callable[[Document], Any]) -> None:
    after = deepcopy(DOCUMENT)
    change(after)

    assert list(breaks(DOCUMENT, after)) == []
