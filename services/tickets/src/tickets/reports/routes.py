"""Reports over HTTP."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Response

from common import clock
from common.http.identity import StaffUser
from common.http.routing import Router
from common.mongo import Database
from tickets import spreadsheet
from tickets.reports import queries
from tickets.reports.period import MOST_DAYS, USUAL_DAYS, Period
from tickets.reports.schemas import AgentsView, SummaryView
from tickets.reports.sheets import Rows, agent_rows, summary_rows

First = Annotated[
    date | None, Query(alias="from", description=f"The first day; {USUAL_DAYS} days in all where it is left out.")
]
Last = Annotated[date | None, Query(alias="to", description=f"The last day, at most {MOST_DAYS} in all; else today.")]
Timezone = Annotated[str, Query(max_length=80, description="Where days begin and end, e.g. `Europe/Berlin`.")]
Format = Annotated[Literal["json", "csv"], Query(alias="format", description="`csv` is for spreadsheets.")]

AS_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {spreadsheet.MEDIA_TYPE: {"schema": {"type": "string"}}}}}


async def _period(first: First = None, last: Last = None, timezone: Timezone = "UTC") -> Period:
    return Period.of(first, last, timezone, clock.now())


Days = Annotated[Period, Depends(_period)]


def routes(db: Database) -> Router:
    """Below /api/v1."""
    router = Router(prefix="/reports", tags=["reports"])

    @router.get("/summary", response_model=SummaryView, responses=AS_CSV)
    async def get_summary(user: StaffUser, days: Days, form: Format = "json") -> SummaryView | Response:
        """Created, resolved and backlog per day; tickets by status, priority, category and agent; how long the first
        response and the resolution took."""
        report = await queries.summary(db, user, days)
        return report if form == "json" else _sheet(summary_rows(report), f"summary-{days.first}-{days.last}")

    @router.get("/agents", response_model=AgentsView, responses=AS_CSV)
    async def get_agents(user: StaffUser, days: Days, form: Format = "json") -> AgentsView | Response:
        """What each agent has to do, and how long their first responses and resolutions took."""
        report = await queries.agents(db, user, days)
        return report if form == "json" else _sheet(agent_rows(report), f"agents-{days.first}-{days.last}")

    return router


def _sheet(rows: Rows, name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(spreadsheet.lines(rows), media_type=spreadsheet.MEDIA_TYPE, headers=disposition)
