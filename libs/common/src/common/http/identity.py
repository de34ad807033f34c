"""FastAPI dependencies that name the caller.

Routes take a `CurrentUser`, or one of the narrower types, in their signature: the signature states what they require.
"""

from collections.abc import Awaitable, Callable, Collection
from functools import partial
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from common.errors import Forbidden, Unauthenticated
from common.events import STAFF_ROLES, Role
from common.http.rate_limits import enforce_rate_limit
from common.http.state import CurrentAppState
from common.principal import Principal
from common.rate_limits import AUTHENTICATED
from common.token_scopes import MFA_SETUP

_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="An access token from POST /api/v1/auth/login.")


async def logged_in_user(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    state: CurrentAppState,
) -> Principal:
    """The caller, within the general rate limit. Raises Unauthenticated, TooManyRequests."""
    if credentials is None:
        raise Unauthenticated("Send an access token: 'Authorization: Bearer <token>'.")
    principal = await state.identity.principal(credentials.credentials)
    request.state.principal = principal  # for the log line, which refused requests have too
    await enforce_rate_limit(request, AUTHENTICATED, str(principal.user_id))
    return principal


LoggedInUser = Annotated[Principal, Depends(logged_in_user)]
"""Also accepts a caller whose token is only good for setting up a second factor."""


async def optional_user(request: Request, state: CurrentAppState) -> Principal | None:
    """The caller; None without a token, and for one that is not valid. Raises TooManyRequests."""
    credentials = await _bearer(request)  # no `Depends`: the OpenAPI document would say that a token is needed
    try:
        return None if credentials is None else await logged_in_user(request, credentials, state)
    except Unauthenticated:
        return None


OptionalUser = Annotated[Principal | None, Depends(optional_user)]


async def current_user(user: LoggedInUser) -> Principal:
    """Raises Forbidden for a token that is only good for setting up a second factor."""
    if user.scope == MFA_SETUP:
        raise Forbidden(
            "Your organisation requires two-factor authentication: set it up first, then refresh the token.",
            code="mfa_setup_required",
        )
    return user


CurrentUser = Annotated[Principal, Depends(current_user)]


async def reauthentication(
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)], state: CurrentAppState
) -> Callable[[], Awaitable[Principal]]:
    """A function that a long response calls repeatedly. It raises Unauthenticated once the token has expired or its
    session has ended, and Unavailable while neither is known."""
    return partial(state.identity.principal, credentials.credentials if credentials else "")


Reauthentication = Annotated[Callable[[], Awaitable[Principal]], Depends(reauthentication)]


def _require_role(roles: Collection[Role], names: str) -> Callable[[Principal], Awaitable[Principal]]:
    async def require(user: CurrentUser) -> Principal:
        if user.role not in roles:
            raise Forbidden(f"Only {names} may do this.")
        return user

    return require


StaffUser = Annotated[Principal, Depends(_require_role(STAFF_ROLES, "agents and admins"))]
AdminUser = Annotated[Principal, Depends(_require_role({"admin"}, "admins"))]
OperatorUser = Annotated[Principal, Depends(_require_role({"operator"}, "operators"))]
