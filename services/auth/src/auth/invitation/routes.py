"""Invitations over HTTP: for admins, and for whoever has a link."""

from uuid import UUID

from fastapi import Request, Response

from auth import limits
from auth.invitation import queries
from auth.invitation.commands import Invitations
from auth.invitation.schemas import Acceptance, InvitationView, NewInvitation
from auth.session.answers import Answers
from auth.session.commands import Sessions
from auth.session.schemas import LoggedIn
from common.http.conditional import IfMatch
from common.http.idempotency import IdempotentRequest
from common.http.identity import AdminUser
from common.http.paging import CursorParameter, Limit, Page
from common.http.rate_limits import enforce_rate_limit
from common.http.routing import Router
from common.mongo import ClientSession


def routes(invitations: Invitations, sessions: Sessions, answers: Answers) -> Router:
    """Below /api/v1."""
    router = Router(tags=["invitations"])

    @router.post("/users/invitations", status_code=201)
    async def invite(new: NewInvitation, user: AdminUser, idempotent: IdempotentRequest) -> InvitationView:
        """Asks somebody to join the organisation: a link to accept goes to that address, and works for 7 days. Asked
        again, a new link goes there, and the one before opens nothing any more."""

        async def create(session: ClientSession | None) -> InvitationView:
            return InvitationView.of(await invitations.create(new, user, session))

        return await idempotent.run(new, InvitationView, create, by=user.user_id)

    @router.get("/users/invitations")
    async def list_invitations(
        user: AdminUser, limit: Limit = 20, cursor: CursorParameter = None
    ) -> Page[InvitationView]:
        """Those that are open, newest first."""
        return await queries.list_newest_first(user, limit=limit, cursor=cursor)

    @router.delete("/users/invitations/{invitation_id}", status_code=204)
    async def revoke_invitation(invitation_id: UUID, user: AdminUser, if_match: IfMatch) -> None:
        """Takes an invitation back."""
        await invitations.revoke(invitation_id, user, if_match)

    @router.post("/auth/accept-invitation", status_code=201)
    async def accept_invitation(acceptance: Acceptance, request: Request, response: Response) -> LoggedIn:
        """Makes the account an invitation is for, and logs in."""
        await enforce_rate_limit(request, *limits.mailed_token_per_ip(request.state.client_ip))
        return answers.logged_in(await sessions.start(await invitations.accept(acceptance)), response)

    return router
