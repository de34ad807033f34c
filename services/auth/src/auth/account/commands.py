"""Commands of users on their own accounts."""

from dataclasses import dataclass

from auth.account.schemas import PasswordChange, PasswordReset, ProfileChange, SignUp
from auth.domain.mailed_token import reject_unknown_link, require_valid
from auth.domain.opaque_token import owner_id
from auth.organisation.document import Organisation
from auth.passwords import Passwords, WrongPassword, validate_password
from auth.session.revocation import revoke_sessions
from auth.user.document import EmailTaken, User
from common.errors import Conflict, Forbidden, Unauthenticated
from common.mongo import ClientSession
from common.principal import Principal
from common.secret_links import LinkEncryptor

ACTIVE = {"active": True}


@dataclass(frozen=True)
class Accounts:
    """Passwords are hashed before the document that changes is read: hashing takes its time."""

    passwords: Passwords
    encryptor: LinkEncryptor

    async def hash_new_password(self, new: SignUp, organisation: Organisation | None) -> str:
        """Raises Unprocessable."""
        password = new.password.get_secret_value()
        validate_password(password, new.email, (new.name or "", *(organisation.names if organisation else ())))
        return await self.passwords.hash(password)

    async def sign_up(self, new: SignUp, password_hash: str, session: ClientSession | None = None) -> User:
        """A new customer, who receives a link to verify the address. Raises NotFound, Forbidden, EmailTaken."""
        organisation = await Organisation.by_slug(new.organisation)
        if organisation.suspended:
            raise Forbidden("This organisation is suspended.", code="organisation_suspended")
        name = new.name or _name_from(new.email)
        user = User.register(organisation.id, new.email, name, "customer", password_hash, locale=new.locale)
        user.request_email_verification(user.email, self.encryptor)
        return await user.commit(session)

    async def authenticate(self, user: User, new: SignUp) -> None:
        """Requires of a repeated sign-up what a login by password requires. Raises Unauthenticated."""
        with self.passwords.reserve(known_device=False) as place:
            is_right = await self.passwords.verify(new.password.get_secret_value(), user.password_hash, place)
        if not is_right or user.mfa_enabled:
            raise Unauthenticated("The email address or the password is wrong.", code="wrong_credentials")

    async def change_profile(self, change: ProfileChange, by: Principal, expected: int | None) -> User:
        """Sends a link to a new address. Raises WrongPassword, EmailTaken, PreconditionFailed."""
        user = await User.load(by.user_id, by)
        new_email = change.email if change.email != user.email else None
        if new_email is not None:
            password = change.current_password.get_secret_value() if change.current_password else ""
            await self.passwords.require(password, user.password_hash, field="current_password")
            holder = await User.find_by_email(user.organisation_id, new_email)
            if holder is not None and holder.id != user.id:
                raise EmailTaken

        def apply(user: User) -> None:
            user.edit(by.actor, name=change.name, locale=change.locale)
            if new_email is not None:
                user.request_email_verification(new_email, self.encryptor)

        return await User.modify(by.user_id, by, apply, expected=expected)

    async def request_email_verification(self, by: Principal) -> None:
        """Sends another link. Raises Conflict where no address is unverified."""

        def apply(user: User) -> None:
            if user.email_verified and user.pending_email is None:
                raise Conflict("Your email address is already verified.", code="email_already_verified")
            user.request_email_verification(user.pending_email or user.email, self.encryptor)

        await User.modify(by.user_id, by, apply)

    async def verify_email(self, token: str) -> None:
        """Raises InvalidLink, EmailTaken."""
        with reject_unknown_link():
            await User.modify(owner_id(token), ACTIVE, lambda user: user.verify_email(token))

    async def change_password(self, change: PasswordChange, by: Principal) -> None:
        """Revokes all other sessions. Raises WrongPassword, Unprocessable."""
        user = await User.load(by.user_id, by)
        verified_hash = user.password_hash
        current, password = change.current_password.get_secret_value(), change.new_password.get_secret_value()
        await self.passwords.require(current, verified_hash, field="current_password")
        organisation = await Organisation.load(by.organisation_id, by)
        validate_password(password, user.email, (user.name, *organisation.names), field="new_password")
        password_hash = await self.passwords.hash(password)

        async def apply(user: User, session: ClientSession) -> None:
            if user.password_hash != verified_hash:
                raise WrongPassword("current_password")  # a concurrent request has changed it
            user.set_password(password_hash, "change")
            await revoke_sessions(user.id, "password_changed", by.actor, session, keep=by.session_id)

        await User.modify_in_transaction(by.user_id, by, apply)

    async def reset_password(self, reset: PasswordReset) -> User:
        """Revokes all sessions. Raises InvalidLink, Unprocessable."""
        token, password = reset.token.get_secret_value(), reset.password.get_secret_value()
        with reject_unknown_link():
            user = await User.load(owner_id(token), ACTIVE)
            require_valid(user.password_reset, token)
            organisation = await Organisation.load(user.organisation_id, user.organisation_id)
            validate_password(password, user.email, (user.name, *organisation.names))
            password_hash = await self.passwords.hash(password)

            async def apply(user: User, session: ClientSession) -> User:
                require_valid(user.password_reset, token)
                user.set_password(password_hash, "reset")
                await revoke_sessions(user.id, "password_changed", user.as_actor(), session)
                return user

            return await User.modify_in_transaction(user.id, ACTIVE, apply)


def _name_from(address: str) -> str:
    """The local part, without dots where they would make a link of it."""
    local = address.partition("@")[0]
    return local.replace(".", " ") if "www." in local.casefold() else local
