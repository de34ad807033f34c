"""The response that carries the tokens of a session: the access token in the body, the refresh token in a cookie."""

import base64

import jwt
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fastapi import Request, Response

from auth.cookies import AuthCookie
from auth.session.commands import IssuedSession
from auth.session.schemas import TokenResponse
from auth.signing_key.keyring import Keyring
from auth.user.document import User
from auth.user.schemas import UserView
from common import clock
from common.token_scopes import MFA_SETUP
from common.token_trust import TOKEN_LIFETIME
from common.token_verifier import ALGORITHM, AUDIENCE, ISSUER


class TokenResponder:
    def __init__(self, keyring: Keyring, cookie: AuthCookie, storage_secret: bytes) -> None:
        self._keyring = keyring
        self._storage_secret = storage_secret
        self._cookie = cookie

    def refresh_token(self, request: Request) -> str | None:
        return self._cookie.read(request)

    def respond(self, issued: IssuedSession, response: Response) -> TokenResponse:
        """Sets the cookie where there is a new refresh token."""
        if issued.refresh_token is not None:
            lifetime = issued.session.expires_at - clock.now()
            self._cookie.set(response, issued.refresh_token, max_age=round(lifetime.total_seconds()))
        return TokenResponse(
            access_token=_encode_access_token(issued, self._keyring),
            expires_in=int(TOKEN_LIFETIME.total_seconds()),
            mfa_setup_required=issued.scope == MFA_SETUP,
            user=UserView.of(issued.user),
            storage_key=self._storage_key(issued.user),
        )

    def _storage_key(self, user: User) -> str:
        """Derived, not stored (docs/decisions/0038)."""
        info = b"helpdesk browser storage " + user.id.bytes
        derived = HKDF(SHA256(), 32, salt=None, info=info).derive(self._storage_secret)
        return base64.urlsafe_b64encode(derived).decode().rstrip("=")

    def delete_cookie(self, response: Response) -> None:
        self._cookie.delete(response)


def _encode_access_token(issued: IssuedSession, keyring: Keyring) -> str:
    """A JWT (RFC 7519) signed with Ed25519. Its times have milliseconds, as section 2 allows: they decide whether the
    token is older than a change of its user."""
    kid, key = keyring.signing
    user = issued.user
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
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
