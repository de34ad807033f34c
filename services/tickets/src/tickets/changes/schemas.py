"""Requests and responses about changed tickets."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from tickets.ticket.schemas import TicketView


class ChangesQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    after_position: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    """The `position` of the previous response. Without it, the response has only the current position."""
    limit: Annotated[int, Field(ge=1, le=100)] = 100
    """Maximum number of tickets. Long tickets make a response shorter."""


class TicketChanges(BaseModel):
    """Tickets as they are now, in the order in which their last change was committed."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    items: list[TicketView]
    deleted_ids: list[UUID]
    position: int
    """For `after_position` of the next request. It is lower than that of this request where the database was restored
    from a backup: then everything has to be read again."""
    more: bool
    """Whether more changes can be read at once."""
