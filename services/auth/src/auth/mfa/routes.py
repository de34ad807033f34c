"""One's own second factor over HTTP. Who may do nothing before one is set up may do that."""

from fastapi import Request

from auth import limits
from auth.mfa.commands import SecondFactors
from auth.mfa.schemas import FirstCode, NewFactor, Proof, RecoveryCodes
from common.http.identity import CurrentUser, LoggedInUser
from common.http.rate_limits import enforce_rate_limit
from common.http.routing import Router


def routes(second_factors: SecondFactors) -> Router:
    """Below /api/v1."""
    router = Router(prefix="/auth/mfa", tags=["second factor"])

    @router.post("/totp", status_code=201)
    async def begin_totp(user: LoggedInUser) -> NewFactor:
        """Begins to set up an app for one-time codes; nothing changes before `confirm`. Done again, it begins anew."""
        return await second_factors.begin(user)

    @router.post("/totp/confirm")
    async def confirm_totp(first: FirstCode, user: LoggedInUser, request: Request) -> RecoveryCodes:
        """Turns it on, by a code that shows that the app works, and ends all other sessions. From now on a log-in
        needs a code. Refresh the access token afterwards, if it was good for this only."""
        await enforce_rate_limit(request, *limits.code_per_user(user.user_id))
        return RecoveryCodes(recovery_codes=await second_factors.confirm(first.code.get_secret_value(), user))

    @router.delete("/totp", status_code=204)
    async def disable_totp(proof: Proof, user: CurrentUser, request: Request) -> None:
        """Turns it off: a password is enough again. Refused where the organisation requires it."""
        await enforce_rate_limit(request, *limits.password_per_user(user.user_id))
        await enforce_rate_limit(request, *limits.code_per_user(user.user_id))
        await second_factors.disable(proof, user)

    @router.post("/recovery-codes")
    async def renew_recovery_codes(proof: Proof, user: CurrentUser, request: Request) -> RecoveryCodes:
        """New recovery codes; the old ones are of no more use."""
        await enforce_rate_limit(request, *limits.password_per_user(user.user_id))
        await enforce_rate_limit(request, *limits.code_per_user(user.user_id))
        return RecoveryCodes(recovery_codes=await second_factors.renew_recovery_codes(proof, user))

    return router
