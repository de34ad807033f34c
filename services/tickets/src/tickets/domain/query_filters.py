"""Query parameters that are conditions on a field of the document, declared as such."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel


@dataclass(frozen=True)
class Condition:
    """What a given parameter asks of a field of the document. `convert` maps the value to what is stored."""

    field: str
    operator: Literal["$eq", "$in", "$gte", "$lt"] = "$eq"
    convert: Callable[[Any], Any] = lambda value: value


class QueryFilter(BaseModel):
    """None and an empty list match every document."""

    def clauses(self) -> list[dict[str, Any]]:
        """Of the given parameters that have a `Condition`, in the query language of MongoDB."""
        given = ((getattr(self, name), field.metadata) for name, field in type(self).model_fields.items())
        return [
            {each.field: {each.operator: each.convert(value)}}
            for value, metadata in given
            for each in metadata
            if isinstance(each, Condition) and value not in (None, [])
        ]
