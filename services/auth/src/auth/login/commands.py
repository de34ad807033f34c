"""Logging in."""

from dataclasses import dataclass
from typing import Literal

from auth.login.document import Challenge, FailedLogin
from auth.login.schemas import LogIn, MfaRequired
from auth.mfa.commands import SecondFactors
from auth.organisation.document import Organisation
from auth.passwords import Passwords
from auth.session.commands import Sessions, Started
from auth.user.document import User
from common.errors import Unauthenticated
from common.ids import PLATFORM


@dataclass(frozen=True)
class LogIns:
    """Whatever is wrong, the same is read, hashed and written, and the same is said."""

    passwords: Passwords
    sessions: Sessions
    second_factors: SecondFactors

    async def by_password(self, asked: LogIn, organisation: Organisation | None) -> Started | MfaRequired:
        """Raises Unauthenticated, in the same words after the same work, for an unknown person, a wrong password and
        somebody who is shut out."""
        user = await User.by_email(organisation.id if organisation else PLATFORM, asked.email)
        right = await self.passwords.matches(asked.password.get_secret_value(), user.password_hash if user else None)
        if user is None or organisation is None:
            raise await _failed(organisation, None, "unknown_account")
        if not right:
            raise await _failed(organisation, user, "wrong_password")
        if not user.active:
            raise await _failed(organisation, user, "deactivated")
        if organisation.suspended:
            raise await _failed(organisation, user, "suspended")
        if not user.mfa_enabled:
            return await self.sessions.start(user)
        token, challenge = Challenge.of(user)
        await challenge.insert()
        return MfaRequired(mfa_token=token)

    async def take(self, token: str) -> Challenge:
        """What a log-in's first step left, with one try less. Raises Unauthenticated."""
        challenge = await Challenge.take(token)
        if challenge is None:
            raise _too_late()
        return challenge

    async def by_code(self, challenge: Challenge, code: str) -> Started:
        """The second step. Raises Unauthenticated."""
        user = await User.find_one({"_id": challenge.user_id, "active": True, "mfa_enabled": True})
        if user is None or user.password_changed_at > challenge.begun_at:
            raise _too_late()
        used = await self.second_factors.use(user.id, code)
        if used is None:
            await FailedLogin.of(user.organisation_id, user, "wrong_code").commit()
            raise Unauthenticated("The code is wrong, or was used before.", code="wrong_code")
        await challenge.delete()
        return await self.sessions.start(used)


async def _failed(
    organisation: Organisation | None,
    user: User | None,
    reason: Literal["unknown_account", "wrong_password", "deactivated", "suspended"],
) -> Unauthenticated:
    await FailedLogin.of(organisation.id if organisation else None, user, reason).commit()
    return Unauthenticated("E-mail address or password is wrong.", code="wrong_credentials")


def _too_late() -> Unauthenticated:
    return Unauthenticated("This log-in took too long or too many tries: begin again.", code="invalid_mfa_token")
