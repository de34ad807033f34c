"""Sensitive changes need a session whose user proved their identity a moment ago (docs/decisions/0034)."""

from datetime import timedelta

from fastapi import Depends

from auth.session.document import Session
from common import clock
from common.errors import Forbidden
from common.http.identity import LoggedInUser
from common.principal import Principal

PROOF_LIFETIME = timedelta(minutes=5)


class ReauthenticationRequired(Forbidden):
    code = "reauthentication_required"

    def __init__(self) -> None:
        super().__init__(
            "Confirm that it is you: send your password, and a code if you have a second factor, to"
            " /api/v1/auth/reauthenticate, then try again."
        )


async def require_recent_proof(by: Principal) -> None:
    """Raises ReauthenticationRequired where the caller neither logged in nor confirmed their identity within
    PROOF_LIFETIME."""
    session = await Session.load(by.session_id, by)
    if clock.now() - session.authenticated_at > PROOF_LIFETIME:
        raise ReauthenticationRequired


async def _recent_proof(user: LoggedInUser) -> None:
    await require_recent_proof(user)


RECENT_PROOF = Depends(_recent_proof)
"""For `dependencies` of a route."""
