"""Bases and types of request bodies and response views."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import MISSING, AfterValidator, BaseModel, ConfigDict, PlainSerializer, PrivateAttr, StringConstraints

from common import clock
from common.text import clean_line


class Body(BaseModel):
    """A request body. Unknown fields are refused: a misspelt field must not be ignored silently."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class UpdateBody(Body):
    """The body of a PUT or PATCH. An inherited field may be left out, and then keeps its stored value
    (docs/decisions/0024); fields that the class declares itself stay as declared."""

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        super().__pydantic_init_subclass__(**options)
        for name, field in cls.__pydantic_fields__.items():
            if name not in cls.__annotations__:
                given: Any = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
                field.annotation = given | MISSING
                field.metadata, field.default = [], MISSING
        cls.model_rebuild(force=True)


class View(BaseModel):
    """A response's view of a document: the document's fields of the same names."""

    # A response has every field, also one with a default.
    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    _version: int | None = PrivateAttr(default=None)

    @classmethod
    def of(cls, document: BaseModel | Mapping[str, Any]) -> Self:
        """From a document, as an object or as MongoDB stores it."""
        if isinstance(document, BaseModel):
            return cls.model_validate(document, from_attributes=True).with_version(getattr(document, "version", None))
        return cls.model_validate({"id": document["_id"], **document})

    @classmethod
    def projection(cls) -> list[str]:
        """The document's fields that the view needs, as a MongoDB projection."""
        return list(cls.model_fields)

    def with_version(self, version: int | None) -> Self:
        """The same view, answered with this version as its ETag."""
        self._version = version
        return self

    @property
    def etag_version(self) -> int | None:
        """The version of the document it shows; None where it has none."""
        shown: int | None = getattr(self, "version", None)
        return shown if shown is not None else self._version


class PersonRefView(BaseModel):
    """A person as others see them."""

    id: UUID
    name: str


Time = Annotated[datetime, PlainSerializer(clock.rfc3339, return_type=str, when_used="json")]
"""RFC 3339 in UTC with milliseconds."""


NamePrefix = Annotated[str, StringConstraints(max_length=200), AfterValidator(clean_line)]
"""The beginning of a name, cleaned as names are."""
