"""The query parameters of the list of tickets."""

from typing import Annotated, Literal, TypeVar
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field

from common.events.tickets import Priority, Status
from common.http.paging import PageParameters
from common.ids import lowest_id
from common.times import UtcTime
from tickets.domain.query_filters import Condition, QueryFilter
from tickets.domain.ticket_fields import Category, Tag
from tickets.ticket.document import urgencies_of

T = TypeVar("T")

Sort = Literal["created", "updated", "priority"]
Direction = Literal["asc", "desc"]


def _split_commas(values: object) -> object:
    """`status=open&status=pending` and `status=open,pending` mean the same."""
    return [part for value in values for part in str(value).split(",")] if isinstance(values, list) else values


CommaSeparated = Annotated[list[T], Field(max_length=20), BeforeValidator(_split_commas)]


class TicketFilter(QueryFilter):
    """A ticket must match every filter, and any of several values of one. Unknown parameters are refused."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True, str_strip_whitespace=True)

    status: Annotated[CommaSeparated[Status], Condition("status", "$in")] = []
    priority: Annotated[CommaSeparated[Priority], Condition("urgency", "$in", urgencies_of)] = []
    category: Annotated[Category | None, Condition("category")] = None
    tag: Annotated[Tag | None, Condition("tags")] = None
    assignee: Literal["me", "none"] | UUID | None = None
    """`me`, `none` or the id of a user."""
    requester: Literal["me"] | UUID | None = None
    """`me` or the id of a user."""
    follow_up_of: UUID | None = None
    """The closed ticket that it follows up."""
    created_after: Annotated[UtcTime | None, Condition("_id", "$gte", lowest_id)] = None
    """At that time or later."""
    created_before: Annotated[UtcTime | None, Condition("_id", "$lt", lowest_id)] = None
    updated_after: Annotated[UtcTime | None, Condition("updated_at", "$gte")] = None
    """At that time or later."""
    updated_before: Annotated[UtcTime | None, Condition("updated_at", "$lt")] = None
    escalated: bool | None = None
    deleted: bool = False
    """For admins: deleted tickets instead of the others."""
    q: str = Field(default="", max_length=200)
    """Words of the title, description, number or messages. All must match, each from its beginning: `print` finds
    `printer`. Case and accents are ignored. Only text that the caller may read is searched."""


class TicketList(TicketFilter, PageParameters):
    """A filter with the order and the page."""

    sort: Sort = "created"
    order: Direction = "desc"
    """`desc`: the newest, the last changed or the most urgent first."""
