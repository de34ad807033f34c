"""HTTP routes of the security history."""

from auth.security_history import queries
from auth.security_history.schemas import SecurityEventView
from common.http.identity import CurrentUser
from common.http.paging import Page, PageQuery
from common.http.routing import Router
from common.mongo import Database


def routes(db: Database) -> Router:
    router = Router(prefix="/auth/me", tags=["account"])

    @router.get("/security-events")
    async def list_security_events(user: CurrentUser, page: PageQuery) -> Page[SecurityEventView]:
        """What changed in how the caller's account is protected, newest first."""
        return await queries.list_newest_first(db, user, page)

    return router
