"""The directory over HTTP."""

from typing import Annotated

from fastapi import Query

from common.http.identity import StaffUser
from common.http.paging import CursorParameter, Limit, Page
from common.http.routing import Router
from common.http.schemas import NamePrefix
from common.mongo import Database
from tickets.directory import queries
from tickets.directory.schemas import DirectoryPersonView

Text = Annotated[NamePrefix | None, Query(max_length=200, description="A prefix of a name or of a part of one.")]


def routes(db: Database) -> Router:
    """Below /api/v1, and before the routes of single tickets: `people` is not an id."""
    router = Router(prefix="/tickets/people", tags=["tickets"])

    @router.get("")
    async def list_people(
        user: StaffUser, text: Text = None, staff: bool = False, limit: Limit = 20, cursor: CursorParameter = None
    ) -> Page[DirectoryPersonView]:
        """Lists the active people by name: possible requesters or, with `staff`, possible assignees."""
        return await queries.list_by_name(db, user, text=text, staff=staff, limit=limit, cursor=cursor)

    return router
