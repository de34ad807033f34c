"""Reports as rows of a CSV file."""

from collections.abc import Iterator

from tickets.reports.schemas import AgentsView, Durations, SummaryView
from tickets.spreadsheet import Cell

Rows = Iterator[list[Cell]]


def summary_rows(report: SummaryView) -> Rows:
    """One row for each figure: `section` is the kind, `name` the day, status, priority, category or agent."""
    yield ["section", "name", "id", "created", "resolved", "backlog", "tickets", "median_seconds", "p90_seconds"]
    for day in report.days:
        yield ["day", day.date.isoformat(), None, day.created, day.resolved, day.backlog, None, None, None]
    for status, count in report.by_status.items():
        yield ["status", status, None, None, None, None, count, None, None]
    for priority, count in report.by_priority.items():
        yield ["priority", priority, None, None, None, None, count, None, None]
    for each in report.by_category:
        yield ["category", each.category, None, None, None, None, each.tickets, None, None]
    for row in report.by_agent:
        name, id_ = (row.agent.name, str(row.agent.id)) if row.agent else (None, None)
        yield ["agent", name, id_, None, None, None, row.tickets, None, None]
    yield ["first_response", None, None, None, None, None, *_cells(report.first_response)]
    yield ["resolution", None, None, None, None, None, *_cells(report.resolution)]


def agent_rows(report: AgentsView) -> Rows:
    """One row per agent."""
    durations = [f"{kind}_{value}" for kind in ("first_response", "resolution") for value in Durations.model_fields]
    yield ["name", "id", "unresolved", "assigned", *durations]
    for each in report.agents:
        counts = [each.unresolved, each.assigned]
        yield [each.agent.name, str(each.agent.id), *counts, *_cells(each.first_response), *_cells(each.resolution)]


def _cells(durations: Durations) -> list[Cell]:
    return [durations.count, durations.median_seconds, durations.p90_seconds]
