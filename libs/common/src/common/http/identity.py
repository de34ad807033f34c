"""From a bearer token to the person who calls, verified here without asking anybody.

Routes take a `CurrentUser`, or one of the narrower names, in their signature: what a route requires is what it says.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Protocol
from uuid import UUID

import jwt
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from common import clock
from common.errors import Forbidden, Unauthenticated
from common.events import Actor, Role
from common.http.parts import ServiceParts
from common.http.rate_limits import AUTHENTICATED
from common.scopes import EVERYTHING, MFA_SETUP
from common.trust import Keys, Trust

ALGORITHM = "EdDSA"
ISSUER = "helpdesk"
_REQUIRED = ["iss", "sub", "org", "role", "sid", "name", "iat", "exp"]


@dataclass(frozen=True)
class Principal:
    """Who calls. `session_id` is the log-in the token came from; `scope` is one of common/scopes.py."""

    user_id: UUID
    organisation_id: UUID
    role: Role
    session_id: UUID
    name: str
    issued_at: datetime
    scope: str = EVERYTHING

    @property
    def actor(self) -> Actor:
        """As events name the one who did it."""
        return Actor(id=self.user_id, name=self.name, role=self.role)

    @property
    def is_staff(self) -> bool:
        """Agents and admins see the whole organisation's tickets."""
        return self.role in ("agent", "admin")


class Identity(Protocol):
    """Turns an access token into a principal. Raises Unauthenticated."""

    async def principal(self, token: str) -> Principal: ...


class Verifier:
    """Checks access tokens by `keys`. One that was found right is remembered, since a client sends it many times."""

    def __init__(self, keys: Keys, *, remembered: int = 10_000) -> None:
        self._keys = keys
        self._remembered = remembered
        self._right: dict[str, tuple[Principal, str, datetime]] = {}

    async def principal(self, token: str) -> Principal:
        """Raises Unauthenticated, as `verified` does."""
        principal, kid, expires_at = self._right.get(token) or await self._checked(token)
        # The signature stays right; the time, and whether the key is trusted, do not.
        if expires_at <= clock.now() or await self._keys.public_key(kid) is None:
            self._right.pop(token, None)
            return (await verified(token, self._keys))[0]
        return principal

    async def _checked(self, token: str) -> tuple[Principal, str, datetime]:
        found = await verified(token, self._keys)
        if len(self._right) >= self._remembered:
            del self._right[next(iter(self._right))]
        self._right[token] = found
        return found


async def verified(token: str, keys: Keys) -> tuple[Principal, str, datetime]:
    """Checks signature, algorithm, issuer and time. Returns whose it is, the id of its key, and when it ends. Raises
    Unauthenticated with a reason that gives nothing away."""
    try:
        kid = str(jwt.get_unverified_header(token).get("kid", ""))
        key = await keys.public_key(kid)
        if key is None:
            raise Unauthenticated("The access token was signed with a key that is not trusted.")
        claims: dict[str, Any] = jwt.decode(
            token, key, algorithms=[ALGORITHM], issuer=ISSUER, options={"require": _REQUIRED}
        )
        principal = Principal(
            user_id=UUID(claims["sub"]),
            organisation_id=UUID(claims["org"]),
            role=claims["role"],
            session_id=UUID(claims["sid"]),
            name=claims["name"],
            issued_at=datetime.fromtimestamp(claims["iat"], UTC),
            scope=claims.get("scope", EVERYTHING),
        )
        return principal, kid, datetime.fromtimestamp(claims["exp"], UTC)
    except jwt.ExpiredSignatureError:
        raise Unauthenticated("The access token has expired: refresh it.", code="token_expired") from None
    except (jwt.InvalidTokenError, ValueError, OverflowError):
        raise Unauthenticated("The access token is not valid.") from None


class TrustedIdentity:
    """By the service's own copy of auth's keys, and of what ended."""

    def __init__(self, trust: Trust) -> None:
        self._trust = trust
        self._verifier = Verifier(trust)

    async def principal(self, token: str) -> Principal:
        """Raises Unauthenticated, Unavailable."""
        principal = await self._verifier.principal(token)
        if self._trust.is_refused((principal.session_id,), principal.issued_at):
            raise Unauthenticated("This session has ended: log in again.", code="session_ended")
        if self._trust.is_refused((principal.user_id, principal.organisation_id), principal.issued_at):
            raise Unauthenticated("What you may do has changed since: refresh the access token.", code="token_outdated")
        return principal


_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="An access token from POST /api/v1/auth/login.")


async def logged_in_user(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    parts: ServiceParts,
) -> Principal:
    """Whoever is logged in, within their general rate limit. Raises Unauthenticated, TooManyRequests."""
    if credentials is None:
        raise Unauthenticated("Send an access token: 'Authorization: Bearer <token>'.")
    principal = await parts.identity.principal(credentials.credentials)
    await parts.rate_limits.require(request, AUTHENTICATED, str(principal.user_id))
    return principal


LoggedInUser = Annotated[Principal, Depends(logged_in_user)]
"""For the few routes that serve also somebody who may only set up a second factor."""


async def current_user(user: LoggedInUser) -> Principal:
    """Whoever is logged in and may go on. Raises Forbidden."""
    if user.scope == MFA_SETUP:
        raise Forbidden(
            "Your organisation requires two-factor authentication: set it up first, then refresh the token.",
            code="mfa_setup_required",
        )
    return user


CurrentUser = Annotated[Principal, Depends(current_user)]


async def still_trusted(
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)], parts: ServiceParts
) -> Callable[[], Awaitable[Principal]]:
    """To be asked again and again during a long answer. Raises Unauthenticated once the token has expired or its
    session has ended, and Unavailable while that can not be told."""
    token = credentials.credentials if credentials else ""

    async def again() -> Principal:
        return await parts.identity.principal(token)

    return again


StillTrusted = Annotated[Callable[[], Awaitable[Principal]], Depends(still_trusted)]


async def staff_user(user: CurrentUser) -> Principal:
    """An agent or admin. Raises Forbidden."""
    if not user.is_staff:
        raise Forbidden("Only agents and admins may do this.")
    return user


async def admin_user(user: CurrentUser) -> Principal:
    """An admin. Raises Forbidden."""
    if user.role != "admin":
        raise Forbidden("Only admins may do this.")
    return user


async def operator_user(user: CurrentUser) -> Principal:
    """Somebody who looks after the whole installation. Raises Forbidden."""
    if user.role != "operator":
        raise Forbidden("Only operators may do this.")
    return user


StaffUser = Annotated[Principal, Depends(staff_user)]
AdminUser = Annotated[Principal, Depends(admin_user)]
OperatorUser = Annotated[Principal, Depends(operator_user)]
