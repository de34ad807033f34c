"""What can be asked of second factors."""

from dataclasses import dataclass
from uuid import UUID

from cryptography.fernet import Fernet

from auth.access import must_use_mfa
from auth.account.commands import WrongPassword
from auth.mfa import recovery_codes, totp
from auth.mfa.schemas import NewFactor, Proof
from auth.organisation.document import Organisation
from auth.passwords import Passwords
from auth.session.commands import revoke_all_of
from auth.user.document import SecondFactor, User
from common import clock
from common.errors import Conflict, FieldError, Unprocessable
from common.mongo import ClientSession, Database, run_in_transaction
from common.outbox import retry_on_conflict
from common.principal import Principal


class WrongCode(Unprocessable):
    """Of somebody who is logged in."""

    code = "wrong_code"

    def __init__(self) -> None:
        detail = "The code is wrong, or was used before."
        super().__init__(detail, errors=(FieldError("code", detail),))


@dataclass(frozen=True)
class SecondFactors:
    """`master` encrypts the keys at rest."""

    db: Database
    passwords: Passwords
    master: Fernet

    async def begin(self, by: Principal) -> NewFactor:
        """A new key, which counts for nothing before a code of it was given. Raises Conflict where one is on."""
        organisation = await Organisation.load(by.organisation_id, by.organisation_id)
        key = totp.new_key()

        async def attempt() -> User:
            user = await User.load(by.user_id, by.organisation_id)
            user.begin_second_factor(self.master.encrypt(key.encode()))
            return await user.commit()

        user = await retry_on_conflict(attempt)
        return NewFactor(secret=key, otpauth_uri=totp.address(key, account=user.email, issuer=organisation.name))

    async def confirm(self, code: str, by: Principal) -> list[str]:
        """Turns on what was begun, and ends all other sessions: they began without it. The recovery codes. Raises
        Conflict, WrongCode."""
        codes = recovery_codes.new_codes()

        async def write(within: ClientSession) -> None:
            user = await User.load(by.user_id, by.organisation_id, within)
            if user.encrypted_new_key is None:
                raise Conflict("No second factor is being set up: begin first.", code="mfa_not_begun")
            step = totp.matching_step(self._opened(user.encrypted_new_key), _digits(code), clock.now(), after=0)
            if step is None:
                raise WrongCode
            hashes = [recovery_codes.hashed(each) for each in codes]
            user.enable_second_factor(
                SecondFactor(encrypted_key=user.encrypted_new_key, last_step=step, recovery_hashes=hashes)
            )
            await user.commit(within)
            await revoke_all_of(user.id, "mfa_changed", by.actor, within, but=by.session_id)

        await run_in_transaction(self.db, write)
        return codes

    async def disable(self, proof: Proof, by: Principal) -> None:
        """Ends all other sessions. Raises Conflict, WrongPassword, WrongCode."""
        organisation = await Organisation.load(by.organisation_id, by.organisation_id)
        if must_use_mfa(by.role, required=organisation.settings.require_mfa):
            raise Conflict("Your organisation requires two-factor authentication.", code="mfa_required")
        await self._require(proof, by)

        async def write(within: ClientSession) -> None:
            user = await User.load(by.user_id, by.organisation_id, within)
            user.disable_second_factor(by.actor)
            await user.commit(within)
            await revoke_all_of(user.id, "mfa_changed", by.actor, within, but=by.session_id)

        await run_in_transaction(self.db, write)

    async def renew_recovery_codes(self, proof: Proof, by: Principal) -> list[str]:
        """New ones; the old ones are of no more use. Raises Conflict, WrongPassword, WrongCode."""
        await self._require(proof, by)
        codes = recovery_codes.new_codes()

        async def attempt() -> None:
            user = await User.load(by.user_id, by.organisation_id)
            user.replace_recovery_codes([recovery_codes.hashed(each) for each in codes])
            await user.commit()

        await retry_on_conflict(attempt)
        return codes

    async def use(self, user_id: UUID, code: str) -> User | None:
        """The person, where that is a code of theirs that was not used before; now it is. Two who bring the same one
        at once: one of them loses the race, looks again, and finds it used."""

        async def attempt() -> User | None:
            user = await User.find_one({"_id": user_id})
            if user is None or user.second_factor is None:
                return None
            factor = user.second_factor
            key = self._opened(factor.encrypted_key)
            step = totp.matching_step(key, _digits(code), clock.now(), after=factor.last_step)
            if step is not None:
                user.use_step(step)
            elif not user.use_recovery_code(code):
                return None
            return await user.commit()

        return await retry_on_conflict(attempt)

    async def _require(self, proof: Proof, by: Principal) -> None:
        user = await User.load(by.user_id, by.organisation_id)
        if not user.mfa_enabled:
            raise Conflict("Two-factor authentication is off.", code="mfa_disabled")
        if not await self.passwords.matches(proof.password.get_secret_value(), user.password_hash):
            raise WrongPassword("password")
        if await self.use(by.user_id, proof.code.get_secret_value()) is None:
            raise WrongCode

    def _opened(self, encrypted: bytes) -> str:
        return self.master.decrypt(encrypted).decode()


def _digits(code: str) -> str:
    """Apps show six digits in two groups."""
    return "".join(code.split())
