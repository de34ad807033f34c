"""HTTP routes of users' own accounts."""

from functools import partial

from fastapi import Request, Response

from auth import rate_limits
from auth.account.commands import Accounts
from auth.account.password_reset_requests import PasswordResetQueue
from auth.account.schemas import (
    EmailChangeCancellation,
    EmailVerification,
    ForgotPassword,
    PasswordChange,
    PasswordReset,
    ProfileChange,
    ProfileView,
    SignUp,
)
from auth.known_devices import KnownDevices
from auth.login.throttle import LoginThrottle
from auth.organisation.document import Organisation
from auth.session.commands import Sessions
from auth.session.recent_proof import require_recent_proof
from auth.session.schemas import TokenResponse
from auth.session.token_responder import TokenResponder
from auth.user.document import User
from auth.user.schemas import UserView
from common.addresses import address_key
from common.http.conditional import IfMatch
from common.http.idempotency import IdempotentRequest
from common.http.identity import CurrentUser, LoggedInUser, OptionalUser
from common.http.rate_limits import enforce_rate_limit
from common.http.routing import Router


def routes(
    accounts: Accounts,
    reset_queue: PasswordResetQueue,
    sessions: Sessions,
    throttle: LoginThrottle,
    devices: KnownDevices,
    responder: TokenResponder,
) -> Router:
    router = Router(prefix="/auth", tags=["account"])

    @router.post("/signup", status_code=201)
    async def sign_up(
        new: SignUp, request: Request, response: Response, idempotent: IdempotentRequest
    ) -> TokenResponse:
        """Creates a customer's account, and logs in. An organisation that does not exist and one that accepts no
        sign-ups have the same response."""
        organisation = await Organisation.find_by_slug(new.organisation)
        by, password_hash = address_key(new.email), None
        view = await idempotent.find_response(new, UserView, by=by)
        if view is None:
            joined = organisation if organisation and organisation.accepts_sign_ups else None
            await rate_limits.limit_sign_ups(request, joined)
            password_hash = await accounts.hash_new_password(new, joined)
            view = await idempotent.run(new, UserView, partial(accounts.sign_up, new, password_hash), by=by)
        user = await User.load(view.id, view.organisation_id)
        if user.password_hash != password_hash:  # an earlier request with the same key created the account
            async with throttle.attempt(organisation, new.email, request.state.client_ip, device=None):
                await accounts.authenticate(user, new)
        devices.remember(request, response, user)
        replaced_token = responder.refresh_token(request)
        issued = await sessions.start(user, is_known_device=False, replaced_token=replaced_token)
        return responder.respond(issued, response)

    @router.get("/me")
    async def me(user: LoggedInUser) -> ProfileView:
        """The profile of the caller."""
        return ProfileView.of(await User.load(user.user_id, user))

    @router.patch("/me")
    async def change_me(change: ProfileChange, user: CurrentUser, if_match: IfMatch, request: Request) -> ProfileView:
        """Changes the given fields. A new email address needs a verified present one and a recent proof of identity,
        and takes effect once the link that is sent to it is confirmed. The present address receives a link that cancels
        the change."""
        if change.email is not None:
            await require_recent_proof(user)
            await enforce_rate_limit(request, *rate_limits.verification_per_user(user.user_id))
        return ProfileView.of(await accounts.change_profile(change, user, if_match))

    @router.delete("/me/pending-email", status_code=204)
    async def cancel_email_change(user: CurrentUser) -> None:
        """Cancels the pending change of the caller's email address. Its links become invalid."""
        await accounts.cancel_email_change(user)

    @router.post("/cancel-email-change", status_code=204)
    async def cancel_email_change_by_link(cancellation: EmailChangeCancellation, request: Request) -> None:
        """Cancels a change of the email address with the link that was sent to the former address, and revokes all
        sessions of the account. A change that is confirmed is undone for three days: the former address is that of the
        account again, and its password becomes invalid."""
        await rate_limits.limit_mailed_tokens(request)
        await accounts.deny_email_change(cancellation.token.get_secret_value())

    @router.post("/change-password", status_code=204)
    async def change_password(change: PasswordChange, user: CurrentUser, request: Request, response: Response) -> None:
        """Sets a new password, and revokes all other sessions. Users with a second factor need a recent proof of
        identity as well."""
        await enforce_rate_limit(request, *rate_limits.password_per_user(user.user_id))
        devices.remember(request, response, await accounts.change_password(change, user))

    @router.post("/forgot-password", status_code=202, response_class=Response)
    async def forgot_password(body: ForgotPassword, request: Request) -> Response:
        """Sends a link to set a new password, if the account exists. The response does not reveal whether it does."""
        organisation = await Organisation.find_by_slug(body.organisation)
        await rate_limits.limit_password_resets(request, organisation, body.email)
        await reset_queue.enqueue(body)
        return Response(status_code=202)

    @router.post("/reset-password", status_code=204)
    async def reset_password(reset: PasswordReset, request: Request) -> None:
        """Sets a new password with the link of an email, and revokes all sessions. Failed logins are forgotten."""
        await rate_limits.limit_mailed_tokens(request)
        user = await accounts.reset_password(reset)
        await throttle.unlock(user.id, user.organisation_id, user.email)

    @router.post("/verify-email", status_code=204)
    async def verify_email(
        verification: EmailVerification, request: Request, response: Response, user: OptionalUser
    ) -> None:
        """Verifies an email address with the link of an email, in a session of the account or with its password.
        Revokes the other sessions of the account."""
        await rate_limits.limit_mailed_tokens(request)
        owner = await accounts.find_owner_of_link(verification.token.get_secret_value())
        if verification.password is not None:
            await enforce_rate_limit(request, *rate_limits.password_per_user(owner.id))
        verified = await accounts.verify_email(verification, owner, user)
        if user is not None and user.user_id == verified.id:
            devices.remember(request, response, verified)  # the cookie names the account by its address

    @router.post("/verify-email/request", status_code=202, response_class=Response)
    async def request_verification(user: CurrentUser, request: Request) -> Response:
        """Sends another link to verify the caller's email address. The previous link becomes invalid."""
        await enforce_rate_limit(request, *rate_limits.verification_per_user(user.user_id))
        await accounts.request_email_verification(user)
        return Response(status_code=202)

    return router
