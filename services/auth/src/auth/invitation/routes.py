"""HTTP routes of invitations: for admins, and for those who received a link."""

from functools import partial
from uuid import UUID

from fastapi import Request, Response

from auth import rate_limits
from auth.invitation.commands import Invitations
from auth.invitation.document import Invitation
from auth.invitation.schemas import InvitationAcceptance, InvitationView, NewInvitation
from auth.login.known_devices import KnownDevices
from auth.session.commands import Sessions
from auth.session.schemas import TokenResponse
from auth.session.token_responder import TokenResponder
from common.http.conditional import IfMatch
from common.http.idempotency import IdempotentRequest
from common.http.identity import AdminUser
from common.http.paging import ID_DESCENDING, Page, PageQuery, find_page
from common.http.routing import Router


def routes(invitations: Invitations, sessions: Sessions, devices: KnownDevices, responder: TokenResponder) -> Router:
    router = Router(tags=["invitations"])

    @router.post("/users/invitations", status_code=201)
    async def invite(new: NewInvitation, user: AdminUser, idempotent: IdempotentRequest) -> InvitationView:
        """Invites somebody to the organisation with a link that is valid for 7 days. Earlier links to the same address
        become invalid."""

        return await idempotent.run(new, InvitationView, partial(invitations.create, new, user), by=user.user_id)

    @router.get("/users/invitations")
    async def list_invitations(user: AdminUser, page: PageQuery) -> Page[InvitationView]:
        """The open invitations, newest first."""
        stored, visible = Invitation.get_pymongo_collection(), Invitation.visible_to(user)
        return await find_page(stored, visible, InvitationView, ID_DESCENDING, page)

    @router.delete("/users/invitations/{invitation_id}", status_code=204)
    async def revoke_invitation(invitation_id: UUID, user: AdminUser, if_match: IfMatch) -> None:
        """Revokes an invitation. Its link becomes invalid."""
        await invitations.revoke(invitation_id, user, if_match)

    @router.post("/auth/accept-invitation", status_code=201)
    async def accept_invitation(
        acceptance: InvitationAcceptance, request: Request, response: Response
    ) -> TokenResponse:
        """Creates the account of an invitation, and logs in."""
        await rate_limits.limit_mailed_tokens(request)
        user = await invitations.accept(acceptance)
        devices.remember(request, response, user)
        return responder.respond(await sessions.start(user), response)

    return router
