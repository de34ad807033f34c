"""The directory over HTTP."""

from typing import Annotated

from fastapi import Query

from common.http.identity import StaffUser
from common.http.paging import Page
from common.http.routing import Router
from common.mongo import Database
from tickets.directory import queries
from tickets.directory.schemas import DirectoryFilter, DirectoryPersonView


def routes(db: Database) -> Router:
    """Below /api/v1, and before the routes of single tickets: `people` is not an id."""
    router = Router(prefix="/tickets/people", tags=["tickets"])

    @router.get("")
    async def list_people(user: StaffUser, wanted: Annotated[DirectoryFilter, Query()]) -> Page[DirectoryPersonView]:
        """Lists the active people by name: possible requesters or, with `staff`, possible assignees."""
        return await queries.list_by_name(db, user, wanted)

    return router
