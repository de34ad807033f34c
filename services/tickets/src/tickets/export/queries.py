"""Reads tickets page by page as CSV."""

from collections.abc import AsyncIterator
from typing import Any

from common.mongo import Database
from common.principal import Principal
from tickets import spreadsheet
from tickets.export.columns import COLUMNS, row_of
from tickets.search.queries import build_filter
from tickets.search.schemas import TicketFilter
from tickets.ticket.document import Ticket

PAGE_SIZE = 200


async def as_csv(db: Database, user: Principal, wanted: TicketFilter) -> AsyncIterator[bytes]:
    """A header row and a row for each ticket, newest first; a page at a time. Raises Forbidden."""
    header = spreadsheet.BYTE_ORDER_MARK + spreadsheet.to_csv([list(COLUMNS)])
    async for page in pages(db, build_filter(user, wanted)):
        if page or header:
            yield (header + spreadsheet.to_csv(map(row_of, page))).encode()
        header = ""


async def pages(db: Database, wanted: dict[str, Any]) -> AsyncIterator[list[dict[str, Any]]]:
    """At least one page. Pages go by id, which never changes, so each ticket is on one page.

    Each page is read from a snapshot. A ticket that changes from one wanted status to another while MongoDB scans the
    index of both could be found in neither. Nothing is held open between pages: the client may be slow.
    """
    tickets, rest = db[Ticket.Settings.name], wanted
    while True:
        async with db.client.start_session(snapshot=True) as session:
            found = tickets.find(rest, list(COLUMNS.values()), session=session).sort("_id", -1).limit(PAGE_SIZE)
            page = await found.to_list()
        yield page
        if len(page) < PAGE_SIZE:
            return
        rest = {"$and": [wanted, {"_id": {"$lt": page[-1]["_id"]}}]}
