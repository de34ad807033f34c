"""What crosses the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer

from common import clock


class Body(BaseModel):
    """A request body. Unknown fields are refused: a typing mistake must not be ignored in silence."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


Time = Annotated[datetime, PlainSerializer(clock.rfc3339, return_type=str, when_used="json")]
"""RFC 3339 in UTC with milliseconds."""
