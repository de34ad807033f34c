"""What can be asked of one's own account."""

from dataclasses import dataclass
from uuid import UUID

from auth.account.schemas import PasswordChange, PasswordResetting, ProfileChange, SignUp
from auth.mailed_token import LinkOfNoUse
from auth.opaque_token import owner_of
from auth.organisation.document import Organisation
from auth.passwords import Passwords, require_acceptable
from auth.session.commands import revoke_all_of
from auth.user.commands import commit_new
from auth.user.document import User
from common.errors import Conflict, FieldError, Forbidden, Unauthenticated, Unprocessable
from common.mongo import ClientSession, Database, run_in_transaction
from common.outbox import retry_on_conflict
from common.principal import Principal
from common.sealed import SecretCipher


class WrongPassword(Unprocessable):
    """Of somebody who is logged in; who is not is told less."""

    code = "wrong_password"

    def __init__(self, field: str) -> None:
        detail = "This is not your password."
        super().__init__(detail, errors=(FieldError(field, detail),))


@dataclass(frozen=True)
class Accounts:
    """Passwords are hashed before anything is read that is to be changed: hashing takes its time."""

    db: Database
    passwords: Passwords
    cipher: SecretCipher

    async def hashed(self, new: SignUp) -> str:
        """Of the password somebody signs up with. Raises Unprocessable."""
        password = new.password.get_secret_value()
        require_acceptable(password, new.email)
        return await self.passwords.hash(password)

    async def sign_up(self, new: SignUp, password_hash: str, within: ClientSession | None = None) -> User:
        """A new customer, who is sent a link to prove the address. Raises NotFound, Forbidden, Conflict."""
        organisation = await Organisation.by_slug(new.organisation)
        if organisation.suspended:
            raise Forbidden("This organisation is suspended.", code="organisation_suspended")
        name = new.name or new.email.partition("@")[0]
        user = User.register(organisation.id, new.email, name, "customer", password_hash, locale=new.locale)
        user.ask_to_verify(user.email, self.cipher)
        return await commit_new(user, within)

    async def let_in(self, user_id: UUID, organisation_id: UUID, new: SignUp, password_hash: str) -> User:
        """Who has signed up. Where an earlier request with the same key made the account, only somebody who could log
        in by password alone: raises Unauthenticated."""
        user = await User.load(user_id, organisation_id)
        if user.password_hash == password_hash:
            return user  # made by this request
        if not await self._knows(user, new.password.get_secret_value()) or user.mfa_enabled:
            raise Unauthenticated("E-mail address or password is wrong.", code="wrong_credentials")
        return user

    async def edit(self, change: ProfileChange, by: Principal, expected: int | None) -> User:
        """Changes what is given; to another address it sends a link first. Raises Unprocessable, Conflict, Stale."""
        user = await User.load(by.user_id, by.organisation_id)
        new_email = change.email if change.email != user.email else None
        if new_email is not None:
            await self._require_free(new_email, user, change)

        async def attempt() -> User:
            user = await User.load(by.user_id, by.organisation_id)
            user.require_version(expected)
            user.edit(by.actor, name=change.name, locale=change.locale)
            if new_email is not None:
                user.ask_to_verify(new_email, self.cipher)
            return await user.commit()

        return await retry_on_conflict(attempt)

    async def send_verification(self, by: Principal) -> None:
        """Once more, to the address that waits for it. Raises Conflict where none does."""

        async def attempt() -> None:
            user = await User.load(by.user_id, by.organisation_id)
            if user.email_verified and user.pending_email is None:
                raise Conflict("Your e-mail address is verified already.", code="email_verified")
            user.ask_to_verify(user.pending_email or user.email, self.cipher)
            await user.commit()

        await retry_on_conflict(attempt)

    async def verify_email(self, token: str) -> None:
        """The address that link went to is its owner's. Raises LinkOfNoUse, Conflict."""

        async def attempt() -> None:
            user = await _owner(token)
            user.verify_email(token)
            await commit_new(user)

        await retry_on_conflict(attempt)

    async def change_password(self, change: PasswordChange, by: Principal) -> None:
        """Ends all other sessions. Raises WrongPassword, Unprocessable."""
        user = await User.load(by.user_id, by.organisation_id)
        if not await self._knows(user, change.current_password.get_secret_value()):
            raise WrongPassword("current_password")
        password = change.new_password.get_secret_value()
        require_acceptable(password, user.email, field="new_password")
        password_hash = await self.passwords.hash(password)

        async def write(within: ClientSession) -> None:
            now = await User.load(by.user_id, by.organisation_id, within)
            if now.password_hash != user.password_hash:
                raise WrongPassword("current_password")  # it was changed meanwhile
            now.set_password(password_hash, "changed")
            await now.commit(within)
            await revoke_all_of(now.id, "password_changed", by.actor, within, but=by.session_id)

        await run_in_transaction(self.db, write)

    async def reset_password(self, reset: PasswordResetting) -> None:
        """Ends all sessions. Raises LinkOfNoUse, Unprocessable."""
        token, password = reset.token.get_secret_value(), reset.password.get_secret_value()
        user = await _owner(token)
        user.require_reset_link(token)
        require_acceptable(password, user.email)
        password_hash = await self.passwords.hash(password)

        async def write(within: ClientSession) -> None:
            user = await _owner(token, within)
            user.require_reset_link(token)
            user.set_password(password_hash, "reset")
            await user.commit(within)
            await revoke_all_of(user.id, "password_changed", user.as_actor(), within)

        await run_in_transaction(self.db, write)

    async def _require_free(self, email: str, user: User, change: ProfileChange) -> None:
        given = change.current_password.get_secret_value() if change.current_password else ""
        if not await self._knows(user, given):
            raise WrongPassword("current_password")
        holder = await User.by_email(user.organisation_id, email)
        if holder is not None and holder.id != user.id:
            raise Conflict("There is an account with this e-mail address.", code="email_taken")

    async def _knows(self, user: User, password: str) -> bool:
        return await self.passwords.matches(password, user.password_hash)


async def _owner(token: str, within: ClientSession | None = None) -> User:
    """Whose link it is, if it is one. Raises LinkOfNoUse."""
    id_ = owner_of(token)
    found = await User.find_one({"_id": id_, "active": True}, session=within) if id_ else None
    if found is None:
        raise LinkOfNoUse
    return found
