"""Login (docs/decisions/0014)."""

from dataclasses import dataclass

from auth.hashing_queue import Place
from auth.known_devices import ClaimedDevice, KnownDevices
from auth.login.document import FailedLogin, InvalidChallenge, MfaChallenge
from auth.login.schemas import Login, MfaRequired
from auth.login.throttle import LoginAttempt, LoginThrottle
from auth.mfa.commands import SecondFactors, WrongCode
from auth.organisation.document import Organisation
from auth.passwords import Passwords
from auth.session.commands import IssuedSession, Sessions
from auth.user.document import User
from common.errors import Unauthenticated
from common.events.auth import LoginFailureReason
from common.ids import PLATFORM


@dataclass(frozen=True)
class Logins:
    passwords: Passwords
    sessions: Sessions
    second_factors: SecondFactors
    throttle: LoginThrottle
    devices: KnownDevices

    async def authenticate(
        self, login: Login, *, ip: str | None, claimed: ClaimedDevice | None, replaced_token: str | None
    ) -> IssuedSession | MfaRequired:
        """Raises TooManyFailedLogins, TooManyLogins, Overloaded, and Unauthenticated, with the same text after the same
        reads, hashes and writes for every cause."""
        with self.passwords.reserve(known_device=claimed is not None) as place:
            organisation = await Organisation.find_by_slug(login.organisation)
            found = await User.find_by_email(organisation.id if organisation else PLATFORM, login.email)
            device = self.devices.recognize(claimed, found)
            async with self.throttle.attempt(organisation, login.email, ip, device) as attempt:
                user = await self._verify(login, organisation, found, attempt, place)
        if not user.mfa_enabled:
            return await self.sessions.start(user, is_known_device=device is not None, replaced_token=replaced_token)
        token, challenge = MfaChallenge.issue(user, device)
        await challenge.insert()
        return MfaRequired(mfa_token=token)

    async def _verify(
        self, login: Login, organisation: Organisation | None, user: User | None, attempt: LoginAttempt, place: Place
    ) -> User:
        is_right = await self.passwords.verify(
            login.password.get_secret_value(), user.password_hash if user else None, place
        )
        if user is None or organisation is None:
            raise await _fail(organisation, None, "unknown_account", attempt)
        if not is_right:
            raise await _fail(organisation, user, "wrong_password", attempt)
        if not user.active:
            raise await _fail(organisation, user, "deactivated", attempt)
        if organisation.suspended:
            raise await _fail(organisation, user, "suspended", attempt)
        user.end_pending_before(organisation.suspensions)
        return user

    async def complete(self, challenge: MfaChallenge, code: str, *, replaced_token: str | None) -> IssuedSession:
        """The second step. Raises Unauthenticated, TooManyFailedLogins."""
        user = await User.find_one({"_id": challenge.user_id, "active": True, "mfa_enabled": True})
        if user is None:
            raise InvalidChallenge
        async with self.throttle.code_attempt(user.id, challenge.device) as attempt:
            try:
                user = await self.second_factors.consume_code(user.id, user.organisation_id, code, challenge.use)
            except WrongCode as error:
                await FailedLogin.new(user.organisation_id, user, "wrong_code", repeated=attempt.to_report).commit()
                raise Unauthenticated(error.detail, code=error.code) from None
        is_known_device = challenge.device is not None
        return await self.sessions.start(user, is_known_device=is_known_device, replaced_token=replaced_token)


async def _fail(
    organisation: Organisation | None, user: User | None, reason: LoginFailureReason, attempt: LoginAttempt
) -> Unauthenticated:
    organisation_id = organisation.id if organisation else None
    await FailedLogin.new(organisation_id, user, reason, repeated=attempt.to_report).commit()
    return Unauthenticated("The email address or the password is wrong.", code="wrong_credentials")
