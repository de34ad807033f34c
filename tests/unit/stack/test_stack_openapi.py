"""One OpenAPI document of all services: everything each of them says, and no name that means two things."""

from typing import Any

from stack.openapi import merge


def document(path: str, **schemas: dict[str, Any]) -> dict[str, Any]:
    answer = {"schema": {"$ref": f"#/components/schemas/{next(iter(schemas))}"}}
    return {
        "paths": {path: {"get": {"responses": {"200": {"content": {"application/json": answer}}}}}},
        "components": {"schemas": schemas, "securitySchemes": {"HTTPBearer": {"type": "http"}}},
    }


TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


def answered(merged: dict[str, Any], path: str) -> str:
    """The name of the schema that `path` answers with."""
    content = merged["paths"][path]["get"]["responses"]["200"]["content"]
    reference: str = content["application/json"]["schema"]["$ref"]
    return reference.rpartition("/")[2]


def test_all_paths_and_components_are_there() -> None:
    merged = merge({"auth": document("/a", User=TEXT), "tickets": document("/t", Ticket=TEXT)})
    assert set(merged["paths"]) == {"/a", "/t"}
    assert set(merged["components"]["schemas"]) == {"User", "Ticket"}
    assert merged["components"]["securitySchemes"] == {"HTTPBearer": {"type": "http"}}


def test_a_schema_that_is_the_same_everywhere_is_there_once() -> None:
    merged = merge({"auth": document("/a", Person=TEXT), "tickets": document("/t", Person=TEXT)})
    assert set(merged["components"]["schemas"]) == {"Person"}
    assert answered(merged, "/a") == answered(merged, "/t") == "Person"


def test_a_name_that_means_two_things_is_told_apart_by_service_and_so_is_what_leads_to_it() -> None:
    page = {"type": "array", "items": {"$ref": "#/components/schemas/Person"}}
    merged = merge(
        {
            "auth": document("/a", Page=page, Person=TEXT, Problem=TEXT),
            "tickets": document("/t", Page=page, Person=NUMBER, Problem=TEXT),
        }
    )
    schemas = merged["components"]["schemas"]
    assert set(schemas) == {"AuthPage", "AuthPerson", "TicketsPage", "TicketsPerson", "Problem"}
    assert (answered(merged, "/a"), answered(merged, "/t")) == ("AuthPage", "TicketsPage")
    assert schemas["TicketsPage"]["items"] == {"$ref": "#/components/schemas/TicketsPerson"}
    assert schemas["TicketsPerson"] == NUMBER
