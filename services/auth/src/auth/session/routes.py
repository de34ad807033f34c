"""Refresh, log-out, and the places one is logged in at."""

from uuid import UUID

from fastapi import Response

from auth.session import queries
from auth.session.answers import Answers, RefreshCookie
from auth.session.commands import Sessions
from auth.session.schemas import LoggedIn, SessionView
from common.http.conditional import IfMatch
from common.http.identity import CurrentUser, LoggedInUser
from common.http.paging import CursorParameter, Limit, Page
from common.http.routing import Router


def routes(sessions: Sessions, answers: Answers) -> Router:
    """Below /api/v1."""
    router = Router(prefix="/auth", tags=["sessions"])

    @router.post("/refresh")
    async def refresh(response: Response, helpdesk_refresh: RefreshCookie = None) -> LoggedIn:
        """A new access token, and a new refresh token in the cookie."""
        return answers.logged_in(await sessions.refresh(helpdesk_refresh), response)

    @router.post("/logout", status_code=204)
    async def log_out(user: LoggedInUser, response: Response) -> None:
        """Ends this session: its tokens are refused everywhere from now on."""
        await sessions.end(user)
        answers.logged_out(response)

    @router.get("/sessions")
    async def list_sessions(user: CurrentUser, limit: Limit = 20, cursor: CursorParameter = None) -> Page[SessionView]:
        """Where the caller is logged in, newest first."""
        return await queries.list_newest_first(user, limit=limit, cursor=cursor)

    @router.delete("/sessions/{session_id}", status_code=204)
    async def revoke_session(session_id: UUID, user: CurrentUser, if_match: IfMatch) -> None:
        """Ends one of the caller's sessions: its tokens are refused everywhere from now on."""
        await sessions.revoke(session_id, user, if_match)

    @router.delete("/sessions", status_code=204)
    async def revoke_other_sessions(user: CurrentUser) -> None:
        """Ends all of the caller's sessions but this one, which a log-out ends."""
        await sessions.revoke_others(user)

    return router
