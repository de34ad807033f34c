"""Verifies access tokens locally, by this service's copy of auth's public keys and revoked sessions."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt

from common import clock
from common.errors import Unauthenticated
from common.principal import Principal
from common.token_scopes import EVERYTHING
from common.token_trust import TOKEN_LIFETIME, Keys, TokenTrustStore

ALGORITHM = "EdDSA"
ISSUER = "helpdesk"
AUDIENCE = "helpdesk-api"
"""All services: a token for one is good for the others."""
LEEWAY = timedelta(seconds=60)
"""How far ahead the clock of auth may be."""
_ROUNDING = timedelta(milliseconds=1)
"""Times in tokens are floating-point numbers."""
_REQUIRED = ["iss", "aud", "sub", "org", "role", "sid", "name", "iat", "exp"]


class TokenVerifier:
    """Verifies access tokens with `keys`. Caches the last `cache_size` valid ones: a client sends one many times."""

    def __init__(self, keys: Keys, *, cache_size: int = 10_000) -> None:
        self._keys = keys
        self._cache_size = cache_size
        self._cache: dict[str, tuple[Principal, str, datetime]] = {}

    async def principal(self, token: str) -> Principal:
        """Raises Unauthenticated, as `verify_token` does."""
        principal, kid, expires_at = self._cache.get(token) or await self._verify_and_cache(token)
        # The signature stays valid; the expiry and the trust in the key have to be checked each time.
        if expires_at <= clock.now() or await self._keys.public_key(kid) is None:
            self._cache.pop(token, None)
            return (await verify_token(token, self._keys))[0]
        return principal

    async def _verify_and_cache(self, token: str) -> tuple[Principal, str, datetime]:
        found = await verify_token(token, self._keys)
        if len(self._cache) >= self._cache_size:
            del self._cache[next(iter(self._cache))]
        self._cache[token] = found
        return found


async def verify_token(token: str, keys: Keys) -> tuple[Principal, str, datetime]:
    """Checks signature, algorithm, issuer, audience, expiry and lifetime. Returns the principal, the key id and the
    expiry. Raises Unauthenticated with a reason that reveals no secret."""
    try:
        kid = str(jwt.get_unverified_header(token).get("kid", ""))
        key = await keys.public_key(kid)
        if key is None:
            raise Unauthenticated("The access token is signed with an untrusted key.")
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            leeway=LEEWAY,
            options={"require": _REQUIRED},
        )
        issued_at = datetime.fromtimestamp(claims["iat"], UTC)
        expires_at = datetime.fromtimestamp(claims["exp"], UTC)
        if expires_at <= clock.now():
            raise jwt.ExpiredSignatureError
        if expires_at - issued_at > TOKEN_LIFETIME + _ROUNDING:
            raise jwt.InvalidTokenError
        principal = Principal(
            user_id=UUID(claims["sub"]),
            organisation_id=UUID(claims["org"]),
            role=claims["role"],
            session_id=UUID(claims["sid"]),
            name=claims["name"],
            issued_at=issued_at,
            scope=claims.get("scope", EVERYTHING),
            email_verified=claims.get("email_verified") is True,
        )
        return principal, kid, expires_at
    except jwt.ExpiredSignatureError:
        raise Unauthenticated("The access token has expired. Refresh it.", code="token_expired") from None
    except (jwt.InvalidTokenError, ValueError, OverflowError):
        raise Unauthenticated("The access token is not valid.") from None


class TokenIdentity:
    """Identity by access token; refuses revoked sessions, deactivated people and suspended organisations."""

    def __init__(self, trust: TokenTrustStore) -> None:
        self._trust = trust
        self._verifier = TokenVerifier(trust)

    async def principal(self, token: str) -> Principal:
        """Raises Unauthenticated, Unavailable."""
        principal = await self._verifier.principal(token)
        if self._trust.is_revoked((principal.session_id,), principal.issued_at):
            raise Unauthenticated("This session has ended. Log in again.", code="session_ended")
        if self._trust.is_revoked((principal.user_id, principal.organisation_id), principal.issued_at):
            raise Unauthenticated("Your permissions have changed. Refresh the access token.", code="token_outdated")
        return principal
