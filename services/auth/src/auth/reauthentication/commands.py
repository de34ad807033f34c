"""Reauthentication (docs/decisions/0034)."""

from dataclasses import dataclass

from auth.mfa.commands import SecondFactors
from auth.passwords import Passwords
from auth.reauthentication.schemas import Reauthentication
from auth.session.document import Session
from auth.user.document import User
from common.errors import Unprocessable
from common.principal import Principal


@dataclass(frozen=True)
class Reauthentications:
    passwords: Passwords
    second_factors: SecondFactors

    async def reauthenticate(self, proof: Reauthentication, by: Principal) -> None:
        """Raises WrongPassword, WrongCode, and Unprocessable where the code is missing."""
        user = await User.load(by.user_id, by)
        password = proof.password.get_secret_value()
        await self.passwords.require(password, user.password_hash, field="password", logged_in=True)
        if user.mfa_enabled:
            if proof.code is None:
                raise Unprocessable.field("code", "Enter a code of your app, or a recovery code.")
            await self.second_factors.consume_code(user.id, user.organisation_id, proof.code.get_secret_value())
        await Session.modify(by.session_id, by, Session.reauthenticate)
