"""The answer to everything that logs somebody in or out: access token in the body, refresh token in a cookie."""

from typing import Annotated, Literal, TypedDict

from fastapi import Cookie, Response

from auth.session.commands import Started
from auth.session.schemas import LoggedIn
from auth.session.tokens import access_token
from auth.settings import AuthSettings
from auth.signing_key.keyring import Keyring
from auth.user.schemas import UserView
from common.token_scopes import MFA_SETUP
from common.token_trust import TOKEN_LIFETIME

COOKIE = "helpdesk_refresh"

RefreshCookie = Annotated[str | None, Cookie(alias=COOKIE)]


class _Attributes(TypedDict):
    """Sent back to auth only, over TLS only, by no other site, and unreadable for scripts."""

    path: str
    secure: bool
    httponly: bool
    samesite: Literal["strict"]


class Answers:
    """Says who is logged in, and hands over the tokens."""

    def __init__(self, keyring: Keyring, settings: AuthSettings) -> None:
        self._keyring = keyring
        self._seconds = settings.refresh_token_seconds
        self._cookie: _Attributes = {
            "path": "/api/v1/auth",
            "secure": settings.secure_cookies,
            "httponly": True,
            "samesite": "strict",
        }

    def logged_in(self, started: Started, response: Response) -> LoggedIn:
        """With a new cookie, where there is a new refresh token."""
        if started.refresh_token is not None:
            response.set_cookie(COOKIE, started.refresh_token, max_age=self._seconds, **self._cookie)
        return LoggedIn(
            access_token=access_token(started, self._keyring),
            expires_in=int(TOKEN_LIFETIME.total_seconds()),
            mfa_setup_required=started.scope == MFA_SETUP,
            user=UserView.of(started.user),
        )

    def logged_out(self, response: Response) -> None:
        """Takes the cookie away."""
        response.delete_cookie(COOKIE, **self._cookie)
