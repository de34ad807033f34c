"""Reports over HTTP."""

from typing import Annotated, Literal

from fastapi import Depends, Query, Response
from pydantic import JsonValue

from common import clock
from common.days import Day
from common.http.identity import StaffUser
from common.http.routing import Router
from common.mongo import Database
from common.principal import Principal
from tickets import spreadsheet
from tickets.domain.date_range import DEFAULT_DAYS, MAX_DAYS, DateRange
from tickets.export.document import Export
from tickets.reports import queries
from tickets.reports.rows import Rows, agent_rows, summary_rows
from tickets.reports.schemas import AgentsView, SummaryView

First = Annotated[
    Day | None, Query(alias="from", description=f"The first day. By default the report covers {DEFAULT_DAYS} days.")
]
Last = Annotated[Day | None, Query(alias="to", description=f"The last day, by default today; at most {MAX_DAYS} days.")]
Timezone = Annotated[str, Query(max_length=80, description="The time zone of the days, e.g. `Europe/Berlin`.")]
Format = Annotated[Literal["json", "csv"], Query(alias="format", description="`json` or `csv`.")]


async def _date_range(first: First = None, last: Last = None, timezone: Timezone = "UTC") -> DateRange:
    return DateRange.of(first, last, timezone, clock.now())


Days = Annotated[DateRange, Depends(_date_range)]


def routes(db: Database) -> Router:
    router = Router(prefix="/reports", tags=["reports"])

    @router.get("/summary", response_model=SummaryView, responses=spreadsheet.RESPONSES)
    async def get_summary(user: StaffUser, days: Days, form: Format = "json") -> SummaryView | Response:
        """Reports created, resolved and backlog per day, tickets by status, priority, category and agent, and the time
        to first response and resolution."""
        report = await queries.summary(db, user, days)
        return report if form == "json" else await _export("summary", summary_rows(report), days, user)

    @router.get("/agents", response_model=AgentsView, responses=spreadsheet.RESPONSES)
    async def get_agents(user: StaffUser, days: Days, form: Format = "json") -> AgentsView | Response:
        """Reports the tickets of each agent, and their time to first response and resolution."""
        report = await queries.agents(db, user, days)
        return report if form == "json" else await _export("agents", agent_rows(report), days, user)

    return router


async def _export(report: str, rows: Rows, days: DateRange, by: Principal) -> Response:
    """As CSV. The audit trail names who exported it."""
    criteria: dict[str, JsonValue] = {"from": str(days.first), "to": str(days.last), "timezone": days.zone.key}
    await Export.new(report, criteria, by).commit()
    disposition = {"Content-Disposition": f'attachment; filename="{report}-{days.first}-{days.last}.csv"'}
    return Response(
        spreadsheet.BYTE_ORDER_MARK + spreadsheet.to_csv(rows), media_type=spreadsheet.MEDIA_TYPE, headers=disposition
    )
