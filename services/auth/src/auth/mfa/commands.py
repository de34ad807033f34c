"""Commands on second factors."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from cryptography.fernet import Fernet

from auth.authority.commands import end_dependent
from auth.domain import recovery_codes, totp
from auth.domain.access import requires_mfa
from auth.domain.authority import AccountChange
from auth.mfa.schemas import TotpSetup
from auth.organisation.document import Organisation
from auth.user.document import User
from auth.user.pending import SecondFactor
from common import clock
from common.errors import Conflict, FieldError, Unprocessable
from common.mongo import ClientSession
from common.principal import Principal


class WrongCode(Unprocessable):
    code = "wrong_code"

    def __init__(self) -> None:
        detail = "The code is wrong or was used before."
        super().__init__(detail, errors=(FieldError("code", detail),))


@dataclass(frozen=True)
class SecondFactors:
    """`master` encrypts the TOTP keys at rest."""

    master: Fernet

    async def start_setup(self, by: Principal) -> TotpSetup:
        """A new key, which has no effect before it is confirmed. Raises Conflict where a second factor is enabled."""
        organisation = await Organisation.load(by.organisation_id, by)
        key = totp.generate_key()
        encrypted = self.master.encrypt(key.encode())
        user = await User.modify(by.user_id, by, lambda user: user.start_mfa_setup(encrypted))
        uri = totp.provisioning_uri(key, account=user.email, issuer=organisation.name)
        return TotpSetup(secret=key, otpauth_uri=uri)

    async def confirm_setup(self, code: str, by: Principal) -> tuple[User, list[str]]:
        """Enables the second factor, and revokes the other sessions, which started without it. Returns the recovery
        codes too. Raises Conflict, WrongCode."""
        codes = recovery_codes.generate_codes()

        async def apply(user: User, session: ClientSession) -> User:
            key = user.pending_encrypted_key
            if key is None:
                raise Conflict("No second factor is being set up. Start the setup first.", code="mfa_setup_not_started")
            step = self._find_step(key, code, after=0)
            if step is None:
                raise WrongCode
            hashes = [recovery_codes.hash_code(each) for each in codes]
            user.enable_mfa(SecondFactor(encrypted_key=key, last_step=step, recovery_code_hashes=hashes))
            await end_dependent(user, AccountChange.MFA_ENABLED, by.actor, session, keep=by.session_id)
            return user

        return await User.modify_in_transaction(by.user_id, by, apply), codes

    async def disable(self, by: Principal) -> User:
        """Revokes the other sessions. Raises Conflict."""
        organisation = await Organisation.load(by.organisation_id, by)
        if requires_mfa(by.role, required=organisation.settings.require_mfa):
            raise Conflict("Your organisation requires two-factor authentication.", code="mfa_required")

        async def apply(user: User, session: ClientSession) -> User:
            _require_enabled(user)
            user.disable_mfa(by.actor)
            await end_dependent(user, AccountChange.MFA_DISABLED, by.actor, session, keep=by.session_id)
            return user

        return await User.modify_in_transaction(by.user_id, by, apply)

    async def renew_recovery_codes(self, by: Principal) -> list[str]:
        """Replaces all recovery codes. Raises Conflict."""
        codes = recovery_codes.generate_codes()
        hashes = [recovery_codes.hash_code(each) for each in codes]

        async def apply(user: User, session: ClientSession) -> None:
            _require_enabled(user)
            user.replace_recovery_codes(hashes)
            await end_dependent(user, AccountChange.RECOVERY_CODES_RENEWED, by.actor, session, keep=by.session_id)

        await User.modify_in_transaction(by.user_id, by, apply)
        return codes

    async def consume_code(
        self,
        user_id: UUID,
        organisation_id: UUID,
        code: str,
        also: Callable[[User, ClientSession], Awaitable[None]] | None = None,
    ) -> User:
        """Accepts a TOTP or recovery code once: of concurrent requests with the same code, one wins. `also` runs in the
        same transaction. Raises WrongCode, and what `also` raises."""

        async def apply(user: User, session: ClientSession) -> User:
            if also is not None:
                await also(user, session)
            factor = user.second_factor
            step = self._find_step(factor.encrypted_key, code, after=factor.last_step) if factor else None
            if factor is not None and step is not None:
                factor.last_step = step
            elif not user.consume_recovery_code(code):
                raise WrongCode
            return user

        return await User.modify_in_transaction(user_id, organisation_id, apply)

    def _find_step(self, encrypted_key: bytes, code: str, *, after: int) -> int | None:
        key = self.master.decrypt(encrypted_key).decode()
        return totp.find_matching_step(key, code, clock.now(), after=after)


def _require_enabled(user: User) -> None:
    if not user.mfa_enabled:
        raise Conflict("Two-factor authentication is not enabled.", code="mfa_not_enabled")
