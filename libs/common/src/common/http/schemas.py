"""What crosses the wire."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, PlainSerializer, StringConstraints

from common import clock


class Body(BaseModel):
    """A request body. Unknown fields are refused: a typing mistake must not be ignored in silence."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class View(BaseModel):
    """What an answer shows of a document: its fields of the same names."""

    @classmethod
    def of(cls, document: BaseModel | Mapping[str, Any]) -> Self:
        """From a document, as an object or as MongoDB keeps it."""
        if isinstance(document, BaseModel):
            return cls.model_validate(document, from_attributes=True)
        return cls.model_validate({"id": document["_id"], **document})

    @classmethod
    def projection(cls) -> list[str]:
        """What is to be read of a document to show it: MongoDB need not send the rest."""
        return list(cls.model_fields)


Time = Annotated[datetime, PlainSerializer(clock.rfc3339, return_type=str, when_used="json")]
"""RFC 3339 in UTC with milliseconds."""


def _valid_email(typed: str) -> str:
    try:
        # A local part that is not ASCII could be typed here, but no mail would reach it.
        validate_email(typed, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    return typed


Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(_valid_email)]
"""An address that mails can be sent to, as it was typed."""

NamePrefix = Annotated[str, AfterValidator(lambda typed: typed.replace("\0", "").strip())]
"""The beginning of a name. MongoDB takes no pattern with a zero byte, and no name has one."""
