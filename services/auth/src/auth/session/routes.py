"""Sign-up, log-in, refresh, log-out, and who am I."""

from datetime import timedelta
from typing import Annotated, Literal, TypedDict

from fastapi import APIRouter, Cookie, Request, Response

from auth.organisation.document import DEFAULT_SLUG
from auth.session.commands import Sessions, Started
from auth.session.schemas import LoggedIn, LogIn
from auth.session.tokens import access_token
from auth.settings import AuthSettings
from auth.signing_key.keyring import Keyring
from auth.user import commands as users
from auth.user.document import User, email_key
from auth.user.schemas import SignUp, UserView
from common.errors import Unauthenticated
from common.http.idempotency import OncePerKey
from common.http.identity import CurrentUser
from common.http.parts import ServiceParts
from common.http.rate_limits import Limit
from common.mongo import Session as DatabaseSession
from common.trust import TOKEN_LIFETIME

COOKIE = "helpdesk_refresh"

SIGN_UP_PER_IP = Limit("signup-ip", 5, timedelta(hours=1))
LOG_IN_PER_IP = Limit("login-ip", 10, timedelta(minutes=10))
LOG_IN_PER_EMAIL = Limit("login-email", 5, timedelta(minutes=10))


class CookieAttributes(TypedDict):
    """Sent back to auth only, over TLS only, by no other site, and unreadable for scripts."""

    path: str
    secure: bool
    httponly: bool
    samesite: Literal["strict"]


RefreshCookie = Annotated[str | None, Cookie(alias=COOKIE)]


def routes(sessions: Sessions, keyring: Keyring, settings: AuthSettings) -> APIRouter:
    """Below /api/v1."""
    router = APIRouter(prefix="/auth", tags=["sessions"])

    cookie: CookieAttributes = {
        "path": "/api/v1/auth",
        "secure": settings.secure_cookies,
        "httponly": True,
        "samesite": "strict",
    }

    def logged_in(started: Started, response: Response) -> LoggedIn:
        if started.refresh_token is not None:
            response.set_cookie(
                COOKIE,
                started.refresh_token,
                max_age=settings.refresh_token_seconds,
                **cookie,
            )
        return LoggedIn(
            access_token=access_token(started.user, started.session, keyring),
            expires_in=int(TOKEN_LIFETIME.total_seconds()),
            user=UserView.of(started.user),
        )

    @router.post("/signup", status_code=201)
    async def sign_up(
        new: SignUp, request: Request, response: Response, parts: ServiceParts, once: OncePerKey
    ) -> LoggedIn:
        """Makes an account as a customer, and logs in."""
        await parts.rate_limits.require(request, SIGN_UP_PER_IP, str(request.state.client_ip))
        organisation_id, name, hashed = await users.sign_up_details(new, sessions.passwords)

        async def register(session: DatabaseSession | None) -> UserView:
            return UserView.of(await users.register(organisation_id, new.email, name, "customer", hashed, session))

        view = await once(new, UserView, register, by=email_key(new.email))
        user = await User.load(view.id, view.organisation_id)
        # Where an earlier request with this key made the account, only somebody who knows its password is let in.
        made_now = user.password_hash == hashed
        if not made_now and not await sessions.passwords.matches(new.password.get_secret_value(), user.password_hash):
            raise Unauthenticated("E-mail address or password is wrong.", code="wrong_credentials")
        return logged_in(await sessions.start(user), response)

    @router.post("/login")
    async def log_in(asked: LogIn, request: Request, response: Response, parts: ServiceParts) -> LoggedIn:
        """Starts a session."""
        await parts.rate_limits.require(request, LOG_IN_PER_IP, str(request.state.client_ip))
        account = f"{asked.organisation or DEFAULT_SLUG}:{email_key(asked.email)}"
        await parts.rate_limits.require(request, LOG_IN_PER_EMAIL, account)
        return logged_in(await sessions.log_in(asked), response)

    @router.post("/refresh")
    async def refresh(response: Response, helpdesk_refresh: RefreshCookie = None) -> LoggedIn:
        """A new access token, and a new refresh token in the cookie."""
        return logged_in(await sessions.refresh(helpdesk_refresh), response)

    @router.post("/logout", status_code=204)
    async def log_out(user: CurrentUser, response: Response) -> None:
        """Ends this session: its tokens are refused everywhere from now on."""
        await sessions.end(user.session_id, user.user_id)
        response.delete_cookie(COOKIE, **cookie)

    @router.get("/me")
    async def me(user: CurrentUser) -> UserView:
        """Who is logged in."""
        return UserView.of(await User.load(user.user_id, user.organisation_id))

    return router
