"""HTTP routes of the login."""

from fastapi import Request, Response

from auth.known_devices import KnownDevices
from auth.login.commands import Logins
from auth.login.document import MfaChallenge
from auth.login.schemas import Login, MfaLogin, MfaRequired
from auth.organisation.document import Organisation
from auth.session.schemas import TokenResponse
from auth.session.token_responder import TokenResponder
from common.http.routing import Router


def routes(logins: Logins, devices: KnownDevices, responder: TokenResponder) -> Router:
    router = Router(prefix="/auth", tags=["login"])

    @router.post("/login")
    async def log_in(login: Login, request: Request, response: Response) -> TokenResponse | MfaRequired:
        """Starts a session, or asks for the second factor. Failed logins are limited, and right ones only where no
        person makes as many. A cookie marks the device as known for this account until the password or the second
        factor changes: it has a limit of its own, which others cannot use up. The session whose refresh cookie is
        replaced ends."""
        claimed = devices.find_claimed(request, Organisation.id_of(login.organisation), login.email)
        outcome = await logins.authenticate(
            login,
            ip=request.state.client_ip,
            claimed=claimed,
            replaced_token=responder.refresh_token(request),
        )
        if isinstance(outcome, MfaRequired):
            return outcome
        devices.remember(request, response, outcome.user)
        return responder.respond(outcome, response)

    @router.post("/login/mfa")
    async def log_in_with_code(login: MfaLogin, request: Request, response: Response) -> TokenResponse:
        """Completes a login with a TOTP code or a recovery code. The session whose refresh cookie is replaced ends."""
        challenge = await MfaChallenge.consume_attempt(login.mfa_token.get_secret_value())
        code, replaced_token = login.code.get_secret_value(), responder.refresh_token(request)
        issued = await logins.complete(challenge, code, replaced_token=replaced_token)
        devices.remember(request, response, issued.user)
        return responder.respond(issued, response)

    return router
