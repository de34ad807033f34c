"""HTTP routes of sessions: refresh, logout, list, revoke."""

from uuid import UUID

from fastapi import Request, Response

from auth.session import queries
from auth.session.commands import Sessions
from auth.session.recent_proof import RECENT_PROOF
from auth.session.schemas import SessionView, TokenResponse
from auth.session.token_responder import TokenResponder
from common.http.conditional import IfMatch
from common.http.identity import CurrentUser, LoggedInUser
from common.http.origins import require_allowed_origin
from common.http.paging import Page, PageQuery
from common.http.routing import Router
from common.http.state import CurrentAppState


def routes(sessions: Sessions, responder: TokenResponder) -> Router:
    router = Router(prefix="/auth", tags=["sessions"])

    @router.post("/refresh")
    async def refresh(request: Request, response: Response, state: CurrentAppState) -> TokenResponse:
        """A new access token, and a new refresh token in the cookie. Until the new refresh token is used, the previous
        one is accepted as well, for a day: the answer may be lost. Pages of other origins are refused, unless they are
        allowed to call the API."""
        require_allowed_origin(request, state.settings.cors_origins)
        return responder.respond(await sessions.refresh(responder.refresh_token(request)), response)

    @router.post("/logout", status_code=204)
    async def log_out(user: LoggedInUser, response: Response) -> None:
        """Ends this session. Every service refuses its tokens."""
        await sessions.end(user)
        responder.delete_cookie(response)

    @router.get("/sessions")
    async def list_sessions(user: CurrentUser, page: PageQuery) -> Page[SessionView]:
        """The active sessions of the caller, newest first."""
        return await queries.list_newest_first(user, page)

    @router.delete("/sessions/{session_id}", status_code=204, dependencies=[RECENT_PROOF])
    async def revoke_session(session_id: UUID, user: CurrentUser, if_match: IfMatch) -> None:
        """Revokes one of the caller's sessions. Every service refuses its tokens. Needs a recent proof of identity."""
        await sessions.revoke(session_id, user, if_match)

    @router.delete("/sessions", status_code=204, dependencies=[RECENT_PROOF])
    async def revoke_other_sessions(user: CurrentUser) -> None:
        """Revokes all sessions of the caller except this one. Needs a recent proof of identity."""
        await sessions.revoke_others(user)

    return router
