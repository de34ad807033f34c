"""Which changes of request bodies present clients survive: a body of before is accepted and means the same
(docs/decisions/0024). Compares two OpenAPI documents."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]

EXCEPTIONS = "docs/breaking-changes.md"

_LOWER = ("minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties")
_UPPER = ("maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties")
_ABSENT = object()


def breaks(before: Schema, after: Schema) -> Iterator[str]:
    """A sentence for each change that breaks clients."""
    comparison = _Comparison(before, after)
    for path, calls in before["paths"].items():
        for method, call in calls.items():
            if "requestBody" not in call:
                continue
            name = f"{method.upper()} {path}"
            body = after["paths"].get(path, {}).get(method, {}).get("requestBody")
            if body is None:
                yield f"{name}: the body is no longer accepted."
                continue
            if body.get("required") and not call["requestBody"].get("required"):
                yield f"{name}: the body is now required."
            for media_type, content in call["requestBody"]["content"].items():
                if media_type not in body["content"]:
                    yield f"{name}: {media_type} is no longer accepted."
                    continue
                schemas = content["schema"], body["content"][media_type]["schema"]
                yield from (f"{name}: {what}." for what in comparison.of("the body", *schemas))


def refusals(before: Schema, after: Schema, exceptions: str) -> list[str]:
    """What to do about each break that the text of EXCEPTIONS does not list."""
    return [
        f"{each} Present clients would break: undo the change, add an optional field or a new path instead, or, if it"
        f" must be, copy the first sentence into {EXCEPTIONS} with the reason."
        for each in breaks(before, after)
        if each not in exceptions
    ]


@dataclass(frozen=True)
class _Comparison:
    before: Schema
    after: Schema

    def of(self, field: str, before: Schema, after: Schema, seen: frozenset[str] = frozenset()) -> Iterator[str]:
        if (reference := before.get("$ref", "")) in seen:
            return  # a recursive schema
        seen |= {reference} - {""}
        before, after = _resolve(before, self.before), _resolve(after, self.after)
        options, candidates = _options(before), _options(after)
        if len(options) == len(candidates) == 1:
            yield from self._of_one(field, options[0], candidates[0], seen)
            return
        for option in options:
            if all(any(self.of(field, option, candidate, seen)) for candidate in candidates):
                kind = option.get("type") or option.get("$ref", "").rpartition("/")[2]
                yield f"`{field}` no longer accepts every {kind} value of before"

    def _of_one(self, field: str, before: Schema, after: Schema, seen: frozenset[str]) -> Iterator[str]:
        if not _types(before) <= _types(after):
            yield f"`{field}` no longer accepts the type {before.get('type', 'of any value')}"
            return
        if (allowed := _values(after)) is not None:
            gone = [str(each) for each in _values(before) or ["any other value"] if each not in allowed]
            if gone:
                yield f"`{field}` no longer accepts {', '.join(gone)}"
        for limit in (*_LOWER, *_UPPER):
            old, new = before.get(limit), after.get(limit)
            if new is not None and (old is None or (new > old if limit in _LOWER else new < old)):
                yield f"`{field}` has the narrower {limit} {new}"
        for keyword in ("pattern", "format"):
            if keyword in after and after[keyword] != before.get(keyword):
                yield f"`{field}` has another {keyword}"
        yield from self._of_properties(field, before, after, seen)
        if "items" in after:
            yield from self.of(f"{field}[]", before.get("items", {}), after["items"], seen)

    def _of_properties(self, field: str, before: Schema, after: Schema, seen: frozenset[str]) -> Iterator[str]:
        known: Mapping[str, Schema] = after.get("properties", {})
        if after.get("additionalProperties", True) is False and before.get("additionalProperties", True) is not False:
            yield f"`{field}` no longer accepts unknown fields"
        for name in sorted(set(after.get("required", ())) - set(before.get("required", ()))):
            yield f"`{name}` is now required"
        for name, schema in before.get("properties", {}).items():
            if name not in known:
                yield f"`{name}` is no longer accepted"
                continue
            if schema.get("default", _ABSENT) != known[name].get("default", _ABSENT):
                yield f"a body without `{name}` now means something else: its default changed"
            yield from self.of(name, schema, known[name], seen)


def _resolve(schema: Schema, document: Schema) -> Schema:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _options(schema: Schema) -> list[Schema]:
    options: list[Schema] = schema.get("anyOf") or schema.get("oneOf") or [schema]
    return options


def _types(schema: Schema) -> set[str]:
    types = schema.get("type", ["array", "boolean", "integer", "null", "number", "object", "string"])
    found = {types} if isinstance(types, str) else set(types)
    return found | {"integer"} if "number" in found else found


def _values(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")
