"""Response bodies of reports."""

import datetime

from pydantic import BaseModel, ConfigDict, Field

from common.events.tickets import Priority, Status
from common.http.schemas import PersonRefView


class Durations(BaseModel):
    """Durations of `count` tickets in seconds; null if there are none."""

    count: int
    median_seconds: float | None
    p90_seconds: float | None


class DayView(BaseModel):
    """`backlog` is the number of unresolved tickets at the end of the day."""

    date: datetime.date
    created: int
    resolved: int
    backlog: int


class CategoryCount(BaseModel):
    category: str | None
    tickets: int


class AgentCount(BaseModel):
    """`agent` is null for unassigned tickets."""

    agent: PersonRefView | None
    tickets: int


class ReportView(BaseModel):
    """`from` and `to` are days in `timezone`, both included."""

    model_config = ConfigDict(serialize_by_alias=True)

    first: datetime.date = Field(serialization_alias="from")
    last: datetime.date = Field(serialization_alias="to")
    timezone: str


class SummaryView(ReportView):
    """Tickets count with their current fields; deleted ones do not count.

    `by_…` and `first_response` cover the tickets created in the range, `resolution` those resolved in it. A reopened
    ticket is not resolved. Closing a resolved ticket does not change when it was resolved.
    """

    created: int
    resolved: int
    backlog: int
    days: list[DayView]
    by_status: dict[Status, int]
    by_priority: dict[Priority, int]
    by_category: list[CategoryCount]
    by_agent: list[AgentCount]
    first_response: Durations
    resolution: Durations


class AgentView(BaseModel):
    """Covers the tickets assigned to the agent now: `unresolved` counts all unresolved ones, `assigned` and
    `first_response` those created in the range, `resolution` those resolved in it. `active` is false for somebody who
    was deactivated or is no longer an agent or admin."""

    agent: PersonRefView
    active: bool
    unresolved: int
    assigned: int
    first_response: Durations
    resolution: Durations


class AgentsView(ReportView):
    """The assignees of these tickets, by name."""

    agents: list[AgentView]
