"""Logging in over HTTP."""

from fastapi import Request, Response

from auth import limits
from auth.login.commands import LogIns
from auth.login.schemas import LogIn, MfaRequired, SecondStep
from auth.organisation.document import Organisation
from auth.session.answers import Answers
from auth.session.schemas import LoggedIn
from common.http.rate_limits import enforce_rate_limit
from common.http.routing import Router


def routes(log_ins: LogIns, answers: Answers) -> Router:
    """Below /api/v1."""
    router = Router(prefix="/auth", tags=["log-in"])

    @router.post("/login")
    async def log_in(asked: LogIn, request: Request, response: Response) -> LoggedIn | MfaRequired:
        """Starts a session, or asks for the second factor."""
        organisation = await Organisation.find_by_slug(asked.organisation)
        await enforce_rate_limit(request, *limits.log_in_per_ip(organisation, request.state.client_ip))
        await enforce_rate_limit(request, *limits.log_in_per_email(organisation, asked.email))
        outcome = await log_ins.by_password(asked, organisation)
        return outcome if isinstance(outcome, MfaRequired) else answers.logged_in(outcome, response)

    @router.post("/login/mfa")
    async def log_in_with_code(asked: SecondStep, request: Request, response: Response) -> LoggedIn:
        """Finishes a log-in by a code of the app, or by a recovery code."""
        challenge = await log_ins.take(asked.mfa_token.get_secret_value())
        await enforce_rate_limit(request, *limits.code_per_user(challenge.user_id))
        return answers.logged_in(await log_ins.by_code(challenge, asked.code.get_secret_value()), response)

    return router
