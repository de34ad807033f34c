"""HTTP routes of invitations, for admins."""

from functools import partial
from uuid import UUID

from auth.invitation.commands import Invitations
from auth.invitation.document import Invitation
from auth.invitation.schemas import InvitationView, NewInvitation
from auth.organisation.document import Organisation
from auth.session.recent_proof import require_recent_proof
from common.http.conditional import IfMatch
from common.http.idempotency import IdempotentRequest
from common.http.identity import AdminUser
from common.http.paging import ID_DESCENDING, Page, PageQuery, find_page
from common.http.routing import Router


def routes(invitations: Invitations) -> Router:
    router = Router(tags=["invitations"])

    @router.post("/users/invitations", status_code=201)
    async def invite(new: NewInvitation, user: AdminUser, idempotent: IdempotentRequest) -> InvitationView:
        """Invites somebody to the organisation with a link that is valid for 7 days. Earlier links to the same address
        become invalid. An address on the suppression list is refused (`email_suppressed`). A person may have 100 open
        invitations, an organisation 1 000. An invitation of an agent or admin needs a recent proof of identity."""
        if new.role != "customer":
            await require_recent_proof(user)
        return await idempotent.run(new, InvitationView, partial(invitations.create, new, user), by=user.user_id)

    @router.get("/users/invitations")
    async def list_invitations(user: AdminUser, page: PageQuery) -> Page[InvitationView]:
        """The open invitations, newest first."""
        stored = Invitation.get_pymongo_collection()
        can_be_accepted = Invitation.open_in(await Organisation.load(user.organisation_id, user))
        return await find_page(stored, can_be_accepted, InvitationView, ID_DESCENDING, page)

    @router.delete("/users/invitations/{invitation_id}", status_code=204)
    async def revoke_invitation(invitation_id: UUID, user: AdminUser, if_match: IfMatch) -> None:
        """Revokes an invitation. Its link becomes invalid."""
        await invitations.revoke(invitation_id, user, if_match)

    return router
