"""The export over HTTP."""

from typing import Annotated

from fastapi import Query, Response

from common import clock
from common.http.identity import StaffUser
from common.http.routing import Router
from common.http.streaming import StreamedResponse
from common.mongo import Database
from tickets import spreadsheet
from tickets.export import queries
from tickets.export.document import Export
from tickets.search.schemas import TicketFilter


def routes(db: Database) -> Router:
    """Below /api/v1, and before the routes of single tickets: `export.csv` is not an id."""
    router = Router(prefix="/tickets", tags=["tickets"])

    @router.get("/export.csv", response_class=Response, responses=spreadsheet.RESPONSES)
    async def export_tickets(user: StaffUser, wanted: Annotated[TicketFilter, Query()]) -> Response:
        """Exports the tickets that match the filter, newest first, as CSV (RFC 4180, UTF-8 with a byte order mark).

        Every field is quoted. An apostrophe precedes each part of a text that a spreadsheet would evaluate. Tickets
        that change meanwhile are neither repeated nor left out; tickets opened after the export began are not in it.
        The audit trail names who exported with which filter.
        """
        name = f"tickets-{clock.now().date()}.csv"
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        pieces = queries.as_csv(db, user, wanted)
        response = await StreamedResponse.of(pieces, media_type=spreadsheet.MEDIA_TYPE, headers=disposition)
        await Export.new("tickets", wanted.model_dump(mode="json", exclude_defaults=True), user).commit()
        return response

    return router
