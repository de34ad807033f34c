"""HTTP routes of second factors. Users who must set one up can call those that take `LoggedInUser`."""

from fastapi import Request, Response

from auth import rate_limits
from auth.known_devices import KnownDevices
from auth.mfa.commands import SecondFactors
from auth.mfa.schemas import RecoveryCodes, TotpConfirmation, TotpSetup
from auth.session.recent_proof import RECENT_PROOF
from common.http.identity import CurrentUser, LoggedInUser
from common.http.rate_limits import enforce_rate_limit
from common.http.routing import Router


def routes(second_factors: SecondFactors, devices: KnownDevices) -> Router:
    router = Router(prefix="/auth/mfa", tags=["mfa"])

    @router.post("/totp", status_code=201, dependencies=[RECENT_PROOF])
    async def start_totp_setup(user: LoggedInUser) -> TotpSetup:
        """Starts to set up an app for one-time codes. Nothing changes before the confirmation. A second call starts
        again with another secret."""
        return await second_factors.start_setup(user)

    @router.post("/totp/confirm", dependencies=[RECENT_PROOF])
    async def confirm_totp_setup(
        confirmation: TotpConfirmation, user: LoggedInUser, request: Request, response: Response
    ) -> RecoveryCodes:
        """Enables two-factor authentication with a code of the app, and revokes all other sessions. Refresh the access
        token afterwards if it was only valid for this setup."""
        await enforce_rate_limit(request, *rate_limits.code_per_user(user.user_id))
        code = confirmation.code.get_secret_value()
        changed, codes = await second_factors.confirm_setup(code, user)
        devices.remember(request, response, changed)
        return RecoveryCodes(recovery_codes=codes)

    @router.delete("/totp", status_code=204, dependencies=[RECENT_PROOF])
    async def disable_totp(user: CurrentUser, request: Request, response: Response) -> None:
        """Disables two-factor authentication. Refused where the organisation requires it."""
        devices.remember(request, response, await second_factors.disable(user))

    @router.post("/recovery-codes", dependencies=[RECENT_PROOF])
    async def renew_recovery_codes(user: CurrentUser) -> RecoveryCodes:
        """New recovery codes. The old ones become invalid."""
        return RecoveryCodes(recovery_codes=await second_factors.renew_recovery_codes(user))

    return router
