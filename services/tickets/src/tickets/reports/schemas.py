"""What crosses the wire about reports."""

import datetime

from pydantic import BaseModel, ConfigDict, Field

from common.events.tickets import Priority, Status
from tickets.ticket.schemas import Person


class Durations(BaseModel):
    """How long something took, in seconds, of `count` tickets; null where there are none."""

    count: int
    median_seconds: float | None
    p90_seconds: float | None


class DayView(BaseModel):
    """One day. `backlog` is what was not resolved when it ended."""

    date: datetime.date
    created: int
    resolved: int
    backlog: int


class CategoryCount(BaseModel):
    category: str | None
    tickets: int


class AgentCount(BaseModel):
    """`agent` is null for tickets that nobody in particular is to answer."""

    agent: Person | None
    tickets: int


class ReportView(BaseModel):
    """`from` and `to` are days, both included, as people in `timezone` count them."""

    model_config = ConfigDict(serialize_by_alias=True)

    first: datetime.date = Field(serialization_alias="from")
    last: datetime.date = Field(serialization_alias="to")
    timezone: str


class SummaryView(ReportView):
    """What came in, what was resolved, and how fast. Tickets are sorted by how they are now; deleted ones are left out.

    `by_…` and `first_response` are of the tickets created in the period, `resolution` of those resolved in it. A ticket
    that was reopened is not resolved; one that was closed later was resolved when it was resolved.
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
    """Of the tickets that they are to answer now: `unresolved` are all that are not resolved, `assigned` and
    `first_response` are of those created in the period, `resolution` is of those resolved in it."""

    agent: Person
    unresolved: int
    assigned: int
    first_response: Durations
    resolution: Durations


class AgentsView(ReportView):
    """Agents and admins who are to answer any of these tickets, by name."""

    agents: list[AgentView]
