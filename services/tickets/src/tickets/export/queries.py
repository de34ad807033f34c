"""Tickets by the hundred, each of them once."""

from collections.abc import AsyncIterator
from typing import Any

from common.mongo import Database
from common.principal import Principal
from tickets import spreadsheet
from tickets.export.columns import COLUMNS, row_of
from tickets.search.queries import matching
from tickets.search.schemas import TicketFilter
from tickets.ticket.document import Ticket

PAGE = 200


async def as_csv(db: Database, user: Principal, wanted: TicketFilter) -> AsyncIterator[bytes]:
    """A line with the names of the columns, and a line for each ticket, newest first; a page at a time. Raises
    Forbidden."""
    names = spreadsheet.lines([list(COLUMNS)])
    async for page in pages(db, matching(user, wanted)):
        if page or names:
            yield (names + spreadsheet.lines(map(row_of, page))).encode()
        names = ""


async def pages(db: Database, wanted: dict[str, Any]) -> AsyncIterator[list[dict[str, Any]]]:
    """At least one, the last one not full. By id, which never changes: so a ticket is on one page, whatever is written
    meanwhile.

    Each page is of one moment. Else a ticket that moves from one wanted status to another, while MongoDB goes through
    the index of both, could be met in neither. Nothing is kept open between two pages: the reader may be slow.
    """
    tickets, rest = db[Ticket.Settings.name], wanted
    while True:
        async with db.client.start_session(snapshot=True) as session:
            found = tickets.find(rest, list(COLUMNS.values()), session=session).sort("_id", -1).limit(PAGE)
            page = await found.to_list()
        yield page
        if len(page) < PAGE:
            return
        rest = {"$and": [wanted, {"_id": {"$lt": page[-1]["_id"]}}]}
