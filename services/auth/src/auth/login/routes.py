"""HTTP routes of the login."""

from fastapi import Request, Response

from auth import rate_limits
from auth.login.commands import Logins
from auth.login.document import MfaChallenge
from auth.login.schemas import Login, MfaLogin, MfaRequired
from auth.organisation.document import Organisation
from auth.session.schemas import TokenResponse
from auth.session.token_responder import TokenResponder
from common.http.rate_limits import enforce_rate_limit
from common.http.routing import Router


def routes(logins: Logins, responder: TokenResponder) -> Router:
    router = Router(prefix="/auth", tags=["login"])

    @router.post("/login")
    async def log_in(login: Login, request: Request, response: Response) -> TokenResponse | MfaRequired:
        """Starts a session, or asks for the second factor."""
        organisation = await Organisation.find_by_slug(login.organisation)
        await rate_limits.limit_logins(request, organisation, login.email)
        outcome = await logins.authenticate(login, organisation)
        return outcome if isinstance(outcome, MfaRequired) else responder.respond(outcome, response)

    @router.post("/login/mfa")
    async def log_in_with_code(login: MfaLogin, request: Request, response: Response) -> TokenResponse:
        """Completes a login with a TOTP code or a recovery code."""
        challenge = await MfaChallenge.consume_attempt(login.mfa_token.get_secret_value())
        await enforce_rate_limit(request, *rate_limits.code_per_user(challenge.user_id))
        return responder.respond(await logins.complete(challenge, login.code.get_secret_value()), response)

    return router
