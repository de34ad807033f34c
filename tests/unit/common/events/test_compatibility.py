"""Within a version only optional fields are added; everything else is named and refused."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, Field, create_model

from common.events import EVENTS, Event
from common.events.base import OpenWord, Value
from common.events.compatibility import Break, breaks


class Person(Value):
    name: str
    nickname: str | None = None


class Before(Event, type="tickets.ticket.sketched"):
    """What the others are compared with."""

    title: str
    number: int
    at: datetime
    status: Literal["new", "open"]
    owner: Person
    second: Person | None = None
    tags: tuple[str, ...] = ()
    watchers: tuple[Person, ...] = ()
    people_by_place: dict[str, Person] = {}
    source: OpenWord = "web"


def listed(part: Any) -> Any:
    """The type of a tuple of them, which a checker of types can not follow for a class made on the way."""
    return tuple.__class_getitem__((part, ...))


def named(part: Any) -> Any:
    """The type of a dictionary of them."""
    return dict.__class_getitem__((str, part))


def after(**fields: Any) -> type[BaseModel]:
    """`Before` with other fields; a field that is None is left out."""
    kept = {name: (info.annotation, info) for name, info in Before.model_fields.items() if name not in fields}
    changed = {name: each for name, each in fields.items() if each is not None}
    made: type[BaseModel] = create_model("Before", **{**kept, **changed})
    return made


def person(**fields: Any) -> Any:
    """`Person`, made anew with these fields."""
    return create_model("Person", **fields)


def found(changed: type[BaseModel]) -> list[Break]:
    return breaks(Before.model_json_schema(), changed.model_json_schema())


OLD = {"name": (str, ...), "nickname": (str | None, None)}


@pytest.mark.parametrize(
    "changed",
    [
        after(),
        after(note=(str | None, None)),
        after(note=(str, "nothing")),
        after(number=(int, Field(description="Counts from 1.", title="The number"))),
        after(tags=(tuple[str, ...], ("a",))),
        after(owner=(person(**OLD, age=(int | None, None)), ...)),
        after(second=(person(**OLD, age=(int | None, None)) | None, None)),
        after(watchers=(listed(person(**OLD, age=(int, 0))), ())),
        after(status=(Literal["open", "new"], ...)),
        after(source=(OpenWord, Field("web", description="`web`, `email` or `telepathy`."))),
        after(source=(Annotated[str, Field(max_length=80)], "web")),
    ],
)
def test_a_change_that_readers_survive_passes(changed: type[BaseModel]) -> None:
    assert found(changed) == []


@pytest.mark.parametrize(
    ("changed", "field", "what"),
    [
        (after(title=None), "title", "was removed"),
        (after(second=None), "second", "was removed"),
        (after(number=(str, ...)), "number", "changed from integer to string"),
        (after(number=(int | None, ...)), "number", "changed from integer to integer or null"),
        (after(second=(Person, None)), "second", "changed from Person or null to Person"),
        (after(at=(str, ...)), "at", "changed from string (date-time) to string"),
        (after(title=(UUID, ...)), "title", "changed from string to string (uuid)"),
        (after(title=(Literal["a"], ...)), "title", "changed from string to one of 'a'"),
        (after(status=(str, ...)), "status", "changed from one of 'new', 'open' to string"),
        (after(status=(OpenWord, ...)), "status", "changed from one of 'new', 'open' to an open word"),
        (after(source=(Literal["web"], "web")), "source", "changed from an open word to one of 'web'"),
        (after(status=(Literal["new"], ...)), "status", "can no longer be 'open'"),
        (after(status=(Literal["new", "open", "shut"], ...)), "status", "can also be 'shut'"),
        (after(tags=(tuple[int, ...], ())), "tags[]", "changed from string to integer"),
        (after(tags=(tuple[str, ...], ...)), "tags", "is required now"),
        (after(title=(str, "")), "title", "is no longer required"),
        (after(note=(str, ...)), "note", "is new and required"),
        (after(title=(str, Field(max_length=5))), "title", "has another `maxLength`"),
        (after(owner=(person(name=(str, ...)), ...)), "owner.nickname", "was removed"),
        (after(owner=(person(**{**OLD, "name": (int, ...)}), ...)), "owner.name", "changed from string to integer"),
        (after(second=(person(nickname=OLD["nickname"]) | None, None)), "second.name", "was removed"),
        (after(watchers=(listed(person(nickname=OLD["nickname"])), ())), "watchers[].name", "was removed"),
        (after(people_by_place=(named(person(nickname=OLD["nickname"])), {})), "people_by_place[].name", "was removed"),
        (after(owner=(person(**OLD, age=(int, ...)), ...)), "owner.age", "is new and required"),
    ],
)
def test_a_change_that_readers_do_not_survive_is_found(changed: type[BaseModel], field: str, what: str) -> None:
    problems = found(changed)
    assert [(each.field, each.what.startswith(what)) for each in problems] == [(field, True)], problems


def test_every_break_is_told_of_at_once() -> None:
    problems = found(after(title=None, number=(str, ...), note=(int, ...)))
    assert [each.field for each in problems] == ["title", "number", "note"]


def test_a_removed_enum_of_one_value_is_a_narrower_set() -> None:
    schema = {"properties": {"a": {"const": "x", "type": "string"}}}
    wider = {"properties": {"a": {"enum": ["x", "y"], "type": "string"}}}
    assert [each.what for each in breaks(wider, schema)] == ["can no longer be 'y'"]


def test_a_value_that_contains_itself_is_compared_once() -> None:
    def tree(leaf: str) -> dict[str, Any]:
        node = {"type": "object", "properties": {"leaf": {"type": leaf}, "below": {"$ref": "#/$defs/Node"}}}
        return {"$defs": {"Node": node}, "properties": {"root": {"$ref": "#/$defs/Node"}}}

    assert breaks(tree("string"), tree("string")) == []
    assert [each.field for each in breaks(tree("string"), tree("integer"))] == ["root.leaf"]


class BeforeV2(Event, type="tickets.ticket.sketched", version=2):
    """The version after it."""


def test_the_sentence_says_what_broke_and_how_the_next_version_is_called() -> None:
    (problem,) = found(after(title=None))
    assert problem.sentence(Before) == (
        "tickets.ticket.sketched.v1: `title` was removed: put it back, or declare a class BeforeV2 with version=2 and"
        " publish it beside this one until nobody reads this one any more."
    )
    assert "declare a class BeforeV3 with version=3" in problem.sentence(BeforeV2)


def test_the_sentence_about_a_new_word_of_a_closed_vocabulary_names_the_open_one() -> None:
    (problem,) = found(after(status=(Literal["new", "open", "shut"], ...)))
    assert "is an OpenWord from its first version on" in problem.sentence(Before)


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_of_every_real_event_no_field_can_be_removed_and_none_can_be_added_as_required(event: type[Event]) -> None:
    before = event.model_json_schema()
    assert breaks(before, before) == []
    for name in before["properties"]:
        without = {key: value for key, value in before["properties"].items() if key != name}
        assert [each.field for each in breaks(before, {**before, "properties": without})] == [name]
    more = {**before["properties"], "quite_new": {"type": "string"}}
    assert breaks(before, {**before, "properties": more}) == []
    required = [*before["required"], "quite_new"]
    assert [each.field for each in breaks(before, {**before, "properties": more, "required": required})] == [
        "quite_new"
    ]
