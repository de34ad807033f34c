"""The settings of an organisation's desk, as values."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from common.events import FieldChange, changed_fields
from tickets.domain.attachment_types import ACCEPTED_TYPES

_NAME = "[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*"
MediaType = Annotated[str, StringConstraints(to_lower=True, max_length=127, pattern=rf"^{_NAME}/(\*|{_NAME})$")]
"""A media type (RFC 6838 section 4.2), or all subtypes of one, e.g. `video/*`."""


class DeskSettings(BaseModel):
    """The defaults apply to an organisation that has changed nothing."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    escalation_hours: Annotated[int, Field(ge=1, le=8_760)] = 24
    """A ticket that has waited for the desk this long is escalated. Time while it is pending or resolved does not
    count, and a reopened ticket starts anew: only the desk can shorten the time that counts."""
    auto_close_days: Annotated[int, Field(ge=1, le=3_650)] = 7
    """A ticket that has been resolved this long is closed automatically."""
    reopen_window_days: Annotated[int, Field(ge=0, le=3_650)] = 14
    """A reply of the customer reopens a closed ticket this long; later it opens a follow-up ticket."""
    stay_resolved_after_thanks: bool = True
    """A short reply of the customer that only says thank you does not reopen a ticket that was resolved less than a day
    before."""
    ticket_creation_per_hour: Annotated[int, Field(ge=1, le=100_000)] = 10
    """The tickets that one customer may open per hour."""
    messages_per_hour: Annotated[int, Field(ge=10, le=100_000)] = 120
    """The messages that one person may post in one ticket per hour."""
    accepted_attachment_types: Annotated[
        tuple[MediaType, ...], Field(max_length=200), AfterValidator(lambda types: tuple(dict.fromkeys(types)))
    ] = ACCEPTED_TYPES
    """Only files of these types are accepted."""

    @property
    def reopen_window(self) -> timedelta:
        return timedelta(days=self.reopen_window_days)

    def accepts(self, media_type: str) -> bool:
        kind, _, _ = media_type.lower().partition("/")
        return not {media_type.lower(), f"{kind}/*"}.isdisjoint(self.accepted_attachment_types)

    def diff(self, after: "DeskSettings") -> dict[str, FieldChange]:
        """The fields that differ, in JSON values."""
        return changed_fields(self.model_dump(mode="json"), after.model_dump(mode="json"))
