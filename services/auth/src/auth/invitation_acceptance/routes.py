"""HTTP routes for those who received an invitation."""

from fastapi import Request, Response

from auth import rate_limits
from auth.invitation_acceptance.commands import InvitationAcceptances
from auth.invitation_acceptance.schemas import InvitationAcceptance
from auth.known_devices import KnownDevices
from auth.session.commands import Sessions
from auth.session.schemas import TokenResponse
from auth.session.token_responder import TokenResponder
from common.http.identity import OptionalUser
from common.http.rate_limits import enforce_rate_limit
from common.http.routing import Router


def routes(
    acceptances: InvitationAcceptances, sessions: Sessions, devices: KnownDevices, responder: TokenResponder
) -> Router:
    router = Router(tags=["invitations"])

    @router.post("/auth/accept-invitation", status_code=201)
    async def accept_invitation(
        acceptance: InvitationAcceptance, request: Request, response: Response, user: OptionalUser
    ) -> TokenResponse:
        """Creates the account of an invitation, and logs in. Where the address has an account: one that was never
        verified starts anew with this password; a verified one receives the role, in a session of it or with its
        password."""
        await rate_limits.limit_mailed_tokens(request)
        holder = await acceptances.find_holder(acceptance)
        if holder is not None and holder.email_verified and acceptance.password is not None:
            await enforce_rate_limit(request, *rate_limits.password_per_user(holder.id))
        accepted = await acceptances.accept(acceptance, holder, user)
        claimed = devices.find_claimed(request, accepted.organisation_id, accepted.email)
        is_known_device = devices.recognize(claimed, accepted) is not None
        devices.remember(request, response, accepted)
        own_session = user.session_id if user is not None and user.user_id == accepted.id else None
        issued = await sessions.start(
            accepted,
            is_known_device=is_known_device,
            replaced_token=responder.refresh_token(request),
            replaced_session=own_session,
        )
        return responder.respond(issued, response)

    return router
