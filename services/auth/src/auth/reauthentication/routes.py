"""HTTP routes of reauthentication."""

from fastapi import Request

from auth import rate_limits
from auth.reauthentication.commands import Reauthentications
from auth.reauthentication.schemas import Reauthentication
from common.http.identity import LoggedInUser
from common.http.rate_limits import enforce_rate_limit
from common.http.routing import Router


def routes(reauthentications: Reauthentications) -> Router:
    router = Router(prefix="/auth", tags=["sessions"])

    @router.post("/reauthenticate", status_code=204)
    async def reauthenticate(proof: Reauthentication, user: LoggedInUser, request: Request) -> None:
        """Confirms the identity of the caller with the password and, for users with a second factor, a code. For 5
        minutes, as after a login, this session can change the email address and the second factor, revoke sessions and,
        for users with a second factor, change the password. Sessions of admins can also give and take roles, invite
        agents and admins, deactivate and reactivate users, disable the second factors of others, and change the
        settings of the organisation. Those of operators can also create and change organisations. Without it, these
        requests are refused with `reauthentication_required`."""
        await enforce_rate_limit(request, *rate_limits.password_per_user(user.user_id))
        if proof.code is not None:
            await enforce_rate_limit(request, *rate_limits.code_per_user(user.user_id))
        await reauthentications.reauthenticate(proof, user)

    return router
