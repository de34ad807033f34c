"""One's own account over HTTP."""

from fastapi import Request, Response

from auth import limits
from auth.account.commands import Accounts
from auth.account.forgotten import ForgottenPasswords
from auth.account.schemas import (
    EmailProof,
    ForgotPassword,
    PasswordChange,
    PasswordResetting,
    ProfileChange,
    ProfileView,
    SignUp,
)
from auth.organisation.document import Organisation
from auth.session.answers import Answers
from auth.session.commands import Sessions
from auth.session.schemas import LoggedIn
from auth.user.document import User, email_key
from auth.user.schemas import UserView
from common.http.conditional import IfMatch
from common.http.idempotency import IdempotentRequest
from common.http.identity import CurrentUser, LoggedInUser
from common.http.rate_limits import enforce_rate_limit
from common.http.routing import Router
from common.mongo import ClientSession


def routes(accounts: Accounts, forgotten: ForgottenPasswords, sessions: Sessions, answers: Answers) -> Router:
    """Below /api/v1."""
    router = Router(prefix="/auth", tags=["account"])

    @router.post("/signup", status_code=201)
    async def sign_up(new: SignUp, request: Request, response: Response, idempotent: IdempotentRequest) -> LoggedIn:
        """Makes an account as a customer, and logs in."""
        organisation = await Organisation.find_by_slug(new.organisation)
        await enforce_rate_limit(request, *limits.sign_up_per_ip(organisation, request.state.client_ip))
        hashed = await accounts.hashed(new)

        async def sign_up(session: ClientSession | None) -> UserView:
            return UserView.of(await accounts.sign_up(new, hashed, session))

        view = await idempotent.run(new, UserView, sign_up, by=email_key(new.email))
        user = await accounts.let_in(view.id, view.organisation_id, new, hashed)
        return answers.logged_in(await sessions.start(user), response)

    @router.get("/me")
    async def me(user: LoggedInUser) -> ProfileView:
        """Who is logged in."""
        return ProfileView.of(await User.load(user.user_id, user.organisation_id))

    @router.patch("/me")
    async def change_me(
        change: ProfileChange,
        user: CurrentUser,
        if_match: IfMatch,
        request: Request,
    ) -> ProfileView:
        """Changes the fields that are given. A new e-mail address needs the password, and counts once the link that is
        sent there was followed."""
        if change.email is not None:
            await enforce_rate_limit(request, *limits.password_per_user(user.user_id))
        return ProfileView.of(await accounts.edit(change, user, if_match))

    @router.post("/change-password", status_code=204)
    async def change_password(change: PasswordChange, user: CurrentUser, request: Request) -> None:
        """Sets another password, and ends all other sessions."""
        await enforce_rate_limit(request, *limits.password_per_user(user.user_id))
        await accounts.change_password(change, user)

    @router.post("/forgot-password", status_code=202, response_class=Response)
    async def forgot_password(asked: ForgotPassword, request: Request) -> Response:
        """Sends a link to set a new password, where there is such an account. The answer does not say whether."""
        organisation = await Organisation.find_by_slug(asked.organisation)
        await enforce_rate_limit(request, *limits.forgot_password_per_email(organisation, asked.email))
        await forgotten.ask(asked)
        return Response(status_code=202)

    @router.post("/reset-password", status_code=204)
    async def reset_password(reset: PasswordResetting, request: Request) -> None:
        """Sets a new password by the link in a mail, and ends all sessions."""
        await enforce_rate_limit(request, *limits.mailed_token_per_ip(request.state.client_ip))
        await accounts.reset_password(reset)

    @router.post("/verify-email", status_code=204)
    async def verify_email(proof: EmailProof, request: Request) -> None:
        """Proves an e-mail address by the link in a mail."""
        await enforce_rate_limit(request, *limits.mailed_token_per_ip(request.state.client_ip))
        await accounts.verify_email(proof.token.get_secret_value())

    @router.post("/verify-email/request", status_code=202, response_class=Response)
    async def request_verification(user: CurrentUser, request: Request) -> Response:
        """Sends the link to prove the caller's e-mail address once more; the one before is of no more use."""
        await enforce_rate_limit(request, *limits.verification_per_user(user.user_id))
        await accounts.send_verification(user)
        return Response(status_code=202)

    return router
