"""Login (docs/decisions/0014)."""

from dataclasses import dataclass

from auth.login.document import FailedLogin, InvalidChallenge, MfaChallenge
from auth.login.schemas import Login, MfaRequired
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

    async def authenticate(self, login: Login, organisation: Organisation | None) -> IssuedSession | MfaRequired:
        """Raises Unauthenticated, with the same text after the same reads, hashes and writes for every cause."""
        user = await User.find_by_email(organisation.id if organisation else PLATFORM, login.email)
        is_right = await self.passwords.verify(login.password.get_secret_value(), user.password_hash if user else None)
        if user is None or organisation is None:
            raise await _fail(organisation, None, "unknown_account")
        if not is_right:
            raise await _fail(organisation, user, "wrong_password")
        if not user.active:
            raise await _fail(organisation, user, "deactivated")
        if organisation.suspended:
            raise await _fail(organisation, user, "suspended")
        if not user.mfa_enabled:
            return await self.sessions.start(user)
        token, challenge = MfaChallenge.issue(user)
        await challenge.insert()
        return MfaRequired(mfa_token=token)

    async def complete(self, challenge: MfaChallenge, code: str) -> IssuedSession:
        """The second step. Raises Unauthenticated."""
        user = await User.find_one({"_id": challenge.user_id, "active": True, "mfa_enabled": True})
        if user is None:
            raise InvalidChallenge
        try:
            user = await self.second_factors.consume_code(user.id, user.organisation_id, code, challenge.use)
        except WrongCode as error:
            await FailedLogin.new(user.organisation_id, user, "wrong_code").commit()
            raise Unauthenticated(error.detail, code=error.code) from None
        return await self.sessions.start(user)


async def _fail(organisation: Organisation | None, user: User | None, reason: LoginFailureReason) -> Unauthenticated:
    await FailedLogin.new(organisation.id if organisation else None, user, reason).commit()
    return Unauthenticated("The email address or the password is wrong.", code="wrong_credentials")
