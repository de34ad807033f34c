"""Which changes of an event's JSON Schema its readers survive. Pure.

A version of an event is a promise kept for years: in the stream, in every event log, and in readers that were deployed
before the change. Within it only optional fields may be added and explanations reworded (docs/decisions/0003).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from common.events.base import OPEN_VOCABULARY, Event

Schema = Mapping[str, Any]

_EXPLANATIONS = {
    "title", "description", "default", "examples", "deprecated", "$comment", "$id", "$schema", "$defs", OPEN_VOCABULARY,
}  # fmt: skip
"""Keywords that no value is refused for. A new word of an open vocabulary does not change the schema at all."""

_COMPARED_APART = {"$ref", "anyOf", "type", "format", "enum", "const", "properties", "required"}
_NESTED = ("items", "additionalProperties")


@dataclass(frozen=True)
class Break:
    """A change that readers do not survive: which field, what became of it, and what to do in its place."""

    field: str
    what: str
    remedy: str

    def sentence(self, event: type[Event]) -> str:
        """For whoever made the change."""
        number = event.version + 1
        name = f"{event.__name__.removesuffix(f'V{event.version}')}V{number}"
        field = f"`{self.field}`" if self.field else "the event"
        return (
            f"{event.versioned_type()}: {field} {self.what}: {self.remedy}, or declare a class {name} with"
            f" version={number} and publish it beside this one until nobody reads this one any more."
        )


def breaks(before: Schema, after: Schema) -> list[Break]:
    """What readers of `before` do not survive in `after`, both being schemas of one version of one event."""
    comparison = _Comparison(before.get("$defs", {}), after.get("$defs", {}))
    return list(comparison.of("", before, after, frozenset()))


Pair = tuple[str, str]


@dataclass(frozen=True)
class _Comparison:
    """Of two schemas that each have definitions of their own."""

    before: Schema
    after: Schema

    def of(self, field: str, before: Schema, after: Schema, seen: frozenset[Pair]) -> Iterator[Break]:
        if "$ref" in before and "$ref" in after:
            pair = (before["$ref"], after["$ref"])
            if pair in seen:
                return  # a value that contains itself: compared further up
            seen |= {pair}
        before, after = _resolved(before, self.before), _resolved(after, self.after)
        if "anyOf" in before or "anyOf" in after:
            yield from self._alternatives(field, before, after, seen)
        elif _kind(before) != _kind(after) or (_allowed(before) is None) != (_allowed(after) is None):
            yield _changed(field, before, after)
        else:
            yield from _values(field, before, after)
            yield from self._properties(field, before, after, seen)
            yield from self._rest(field, before, after, seen)

    def _alternatives(self, field: str, before: Schema, after: Schema, seen: frozenset[Pair]) -> Iterator[Break]:
        new = list(after.get("anyOf", [after]))
        gone = []
        for old in before.get("anyOf", [before]):
            same = next((each for each in new if not any(self.of(field, old, each, seen))), None)
            if same is None:
                gone.append(old)
            else:
                new.remove(same)
        if len(gone) == len(new) == 1:
            yield from self.of(field, gone[0], new[0], seen)  # says what changed inside the one that changed
        elif gone or new:
            yield _changed(field, before, after)

    def _properties(self, field: str, before: Schema, after: Schema, seen: frozenset[Pair]) -> Iterator[Break]:
        had, has = before.get("properties", {}), after.get("properties", {})
        required_before, required = set(before.get("required", ())), set(after.get("required", ()))
        for name in had:
            inner = f"{field}.{name}" if field else name
            if name not in has:
                yield Break(inner, "was removed", "put it back")
                continue
            if name in required - required_before:
                yield Break(
                    inner, "is required now, which events in the streams and logs may lack", "leave it optional"
                )
            if name in required_before - required:
                yield Break(inner, "is no longer required, and readers rely on it", "leave it required")
            yield from self.of(inner, had[name], has[name], seen)
        for name in has:
            if name not in had and name in required:
                inner = f"{field}.{name}" if field else name
                yield Break(inner, "is new and required, which events in the streams and logs lack", "make it optional")

    def _rest(self, field: str, before: Schema, after: Schema, seen: frozenset[Pair]) -> Iterator[Break]:
        for keyword in sorted((set(before) | set(after)) - _EXPLANATIONS - _COMPARED_APART):
            old, new = before.get(keyword), after.get(keyword)
            if keyword in _NESTED and isinstance(old, Mapping) and isinstance(new, Mapping):
                yield from self.of(f"{field}[]", old, new, seen)
            elif old != new:
                what = f"has another `{keyword}` ({new} instead of {old})"
                yield Break(field, what, "take the change back")


def _resolved(schema: Schema, definitions: Schema) -> Schema:
    while "$ref" in schema:
        target = definitions[schema["$ref"].removeprefix("#/$defs/")]
        schema = {**target, **{keyword: value for keyword, value in schema.items() if keyword != "$ref"}}
    return schema


def _kind(schema: Schema) -> tuple[Any, Any]:
    return schema.get("type"), schema.get("format")


def _allowed(schema: Schema) -> list[Any] | None:
    """The only values there are, or None where the type says it all."""
    if "const" in schema:
        return [schema["const"]]
    values: list[Any] | None = schema.get("enum")
    return values


def _values(field: str, before: Schema, after: Schema) -> Iterator[Break]:
    old, new = _allowed(before), _allowed(after)
    if old is None or new is None:
        return
    if gone := [value for value in old if value not in new]:
        yield Break(field, f"can no longer be {_listed(gone)}", "put that back")
    if added := [value for value in new if value not in old]:
        yield Break(
            field,
            f"can also be {_listed(added)}, which readers would refuse",
            "take that out (a vocabulary that goes on growing is an OpenWord from its first version on)",
        )


def _changed(field: str, before: Schema, after: Schema) -> Break:
    return Break(field, f"changed from {_spoken(before)} to {_spoken(after)}", f"make it {_spoken(before)} again")


def _spoken(schema: Schema) -> str:
    if "anyOf" in schema:
        return " or ".join(_spoken(each) for each in schema["anyOf"])
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if (values := _allowed(schema)) is not None:
        return f"one of {_listed(values)}"
    if schema.get(OPEN_VOCABULARY):
        return "an open word"
    name = schema.get("title", "object") if "properties" in schema else schema.get("type", "anything")
    return f"{name} ({schema['format']})" if "format" in schema else str(name)


def _listed(values: list[Any]) -> str:
    return ", ".join(repr(value) for value in values)
