"""History over HTTP."""

from uuid import UUID

from common.http.identity import CurrentUser
from common.http.paging import Page, PageQuery
from common.http.routing import Router
from common.http.state import CurrentAppState
from tickets.history import queries
from tickets.history.schemas import HistoryEntry


def routes() -> Router:
    router = Router(prefix="/tickets/{ticket_id}/history", tags=["tickets"])

    @router.get("")
    async def list_history(
        ticket_id: UUID, user: CurrentUser, state: CurrentAppState, page: PageQuery
    ) -> Page[HistoryEntry]:
        """Lists the events of a ticket that the caller may see, oldest first. A change usually appears within a
        second."""
        return await queries.list_oldest_first(state.db, ticket_id, user, page)

    return router
