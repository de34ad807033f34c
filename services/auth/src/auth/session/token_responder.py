"""The response that carries the tokens of a session: the access token in the body, the refresh token in a cookie."""

from typing import Annotated, Any

import jwt
from fastapi import Cookie, Response

from auth.session.commands import IssuedSession
from auth.session.schemas import TokenResponse
from auth.settings import AuthSettings
from auth.signing_key.keyring import Keyring
from auth.user.schemas import UserView
from common.token_scopes import MFA_SETUP
from common.token_trust import TOKEN_LIFETIME
from common.token_verifier import ALGORITHM, ISSUER

COOKIE = "helpdesk_refresh"

RefreshCookie = Annotated[str | None, Cookie(alias=COOKIE, max_length=200)]


class TokenResponder:
    def __init__(self, keyring: Keyring, settings: AuthSettings) -> None:
        self._keyring = keyring
        self._max_age = settings.refresh_token_seconds
        # Sent to auth only, over TLS only, by no other site, and unreadable for scripts.
        self._attributes: dict[str, Any] = {
            "path": "/api/v1/auth",
            "secure": settings.secure_cookies,
            "httponly": True,
            "samesite": "strict",
        }

    def respond(self, issued: IssuedSession, response: Response) -> TokenResponse:
        """Sets the cookie where there is a new refresh token."""
        if issued.refresh_token is not None:
            response.set_cookie(COOKIE, issued.refresh_token, max_age=self._max_age, **self._attributes)
        return TokenResponse(
            access_token=_encode_access_token(issued, self._keyring),
            expires_in=int(TOKEN_LIFETIME.total_seconds()),
            mfa_setup_required=issued.scope == MFA_SETUP,
            user=UserView.of(issued.user),
        )

    def delete_cookie(self, response: Response) -> None:
        response.delete_cookie(COOKIE, **self._attributes)


def _encode_access_token(issued: IssuedSession, keyring: Keyring) -> str:
    """A JWT (RFC 7519) signed with Ed25519. Its times have milliseconds, as section 2 allows: they decide whether the
    token is older than a change of its user."""
    kid, key = keyring.signing
    user = issued.user
    claims = {
        "iss": ISSUER,
        "sub": str(user.id),
        "org": str(user.organisation_id),
        "role": user.role,
        "sid": str(issued.session.id),
        "name": user.name,
        "email_verified": user.email_verified,
        "scope": issued.scope,
        "iat": issued.issued_at.timestamp(),
        "exp": (issued.issued_at + TOKEN_LIFETIME).timestamp(),
    }
    return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": kid})
