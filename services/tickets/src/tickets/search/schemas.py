"""What can be asked of the list of tickets."""

from datetime import UTC, datetime
from typing import Annotated, Literal, TypeVar
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from common.events.tickets import Priority, Status
from common.http.paging import CursorParameter, Limit
from tickets.ticket.schemas import Category, Tag

T = TypeVar("T")

Sort = Literal["created", "updated", "priority"]
Direction = Literal["asc", "desc"]


def _separated(values: object) -> object:
    """`status=open&status=pending` and `status=open,pending` mean the same."""
    return [part for value in values for part in str(value).split(",")] if isinstance(values, list) else values


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("the calendar ends before that") from None


Several = Annotated[list[T], BeforeValidator(_separated)]
Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class TicketFilter(BaseModel):
    """All that is given must hold; of several values of one parameter, any. What is misspelt is refused."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True, str_strip_whitespace=True)

    status: Several[Status] = []
    priority: Several[Priority] = []
    category: Category | None = None
    tag: Tag | None = None
    assignee: Literal["me", "none"] | UUID | None = None
    """`me`, `none`, or somebody's id."""
    requester: Literal["me"] | UUID | None = None
    """`me` or somebody's id."""
    follow_up_of: UUID | None = None
    """The closed ticket that it takes up again."""
    created_after: Moment | None = None
    """At that time or later."""
    created_before: Moment | None = None
    updated_after: Moment | None = None
    """At that time or later."""
    updated_before: Moment | None = None
    escalated: bool | None = None
    deleted: bool = False
    """For admins: what is deleted, instead of what is not."""
    q: str = Field(default="", max_length=200)
    """Words that title, description, number or messages hold, all of them, each from its beginning: `print` finds
    `printer`. Case and accents do not matter. Only what the caller may read is searched."""


class TicketList(TicketFilter):
    """A filter and the page that is wanted."""

    sort: Sort = "created"
    order: Direction = "desc"
    """`desc`: the newest, the last changed or the most urgent first."""
    limit: Limit = 20
    cursor: CursorParameter = None
