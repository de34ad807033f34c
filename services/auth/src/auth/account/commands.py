"""Commands of users on their own accounts."""

from dataclasses import dataclass

from auth.account.schemas import EmailVerification, PasswordChange, PasswordReset, ProfileChange, SignUp
from auth.authority.commands import end_dependent
from auth.domain.authority import AccountChange
from auth.domain.default_name import default_name
from auth.domain.mailed_token import reject_unknown_link, require_valid
from auth.domain.opaque_token import owner_id
from auth.organisation.document import Organisation
from auth.passwords import Passwords, WrongPassword, validate_password
from auth.session.recent_proof import require_recent_proof
from auth.user.document import User
from auth.user.errors import EmailTaken
from common.errors import Conflict, Forbidden, Unauthenticated
from common.mongo import ClientSession
from common.principal import Principal
from common.secret_links import LinkEncryptor

ACTIVE = {"active": True}


class SignUpClosed(Forbidden):
    """The organisation does not exist, is suspended, or is joined by invitation only: the answer does not tell which
    (docs/decisions/0014)."""

    code = "sign_up_closed"

    def __init__(self) -> None:
        super().__init__(
            "There is no organisation of this name that you can join without an invitation. Check the short name, or"
            " ask the organisation for an invitation."
        )


@dataclass(frozen=True)
class Accounts:
    """Passwords are hashed before the document that changes is read: hashing takes its time."""

    passwords: Passwords
    encryptor: LinkEncryptor

    async def hash_new_password(self, new: SignUp, organisation: Organisation | None) -> str:
        """`organisation` is None where it accepts no sign-ups. Raises SignUpClosed, Unprocessable."""
        if organisation is None:
            raise SignUpClosed
        password = new.password.get_secret_value()
        validate_password(password, new.email, (new.name or "", *organisation.names))
        return await self.passwords.hash(password)

    async def sign_up(self, new: SignUp, password_hash: str, session: ClientSession | None = None) -> User:
        """A new customer, who receives a link to verify the address. A contact with the address becomes that customer.
        Raises SignUpClosed, EmailReserved, EmailTaken."""
        organisation = await Organisation.find_by_slug(new.organisation)
        if organisation is None or not organisation.accepts_sign_ups:
            raise SignUpClosed
        contact = await User.find_by_email(organisation.id, new.email, session)
        if contact is not None and contact.is_contact and contact.active:
            contact.end_pending_before(organisation.suspensions)
            contact.claim(password_hash, new.locale)
            contact.request_email_verification(self.encryptor)
            return await contact.commit(session)
        name = new.name or default_name(new.email)
        user = User.register(organisation.id, new.email, name, "customer", password_hash, locale=new.locale)
        user.end_pending_before(organisation.suspensions)
        user.request_email_verification(self.encryptor)
        return await user.commit(session)

    async def authenticate(self, user: User, new: SignUp) -> None:
        """Requires of a repeated sign-up what a login by password requires. Raises Unauthenticated."""
        with self.passwords.reserve(known_device=False) as place:
            is_right = await self.passwords.verify(new.password.get_secret_value(), user.password_hash, place)
        if not is_right or user.mfa_enabled:
            raise Unauthenticated("The email address or the password is wrong.", code="wrong_credentials")

    async def change_profile(self, change: ProfileChange, by: Principal, expected: int | None) -> User:
        """Sends links to a new address and to the present one. Raises EmailNotVerified, EmailReserved,
        EmailTaken, EmailChangedTooOften, PreconditionFailed."""
        user = await User.load(by.user_id, by)
        new_email = change.email if change.email != user.email else None
        if new_email is not None:
            user.require_verified_email()
            holder = await User.find_by_email(user.organisation_id, new_email)
            if holder is not None and holder.id != user.id:
                raise EmailTaken
            await User.require_unreserved(user.organisation_id, new_email, user.id)

        def apply(user: User) -> None:
            user.edit(by.actor, name=change.name, locale=change.locale)
            if new_email is not None:
                user.request_email_change(new_email, self.encryptor)

        return await User.modify(by.user_id, by, apply, expected=expected)

    async def request_email_verification(self, by: Principal) -> None:
        """Sends another link. Raises Conflict where no address is unverified."""
        await User.modify(by.user_id, by, lambda user: user.repeat_email_verification(self.encryptor))

    async def find_owner_of_link(self, token: str) -> User:
        """The user whose address the link verifies. Raises InvalidLink."""
        with reject_unknown_link():
            user = await User.load(owner_id(token), ACTIVE)
        user.require_verification_link(token)
        return user

    async def verify_email(self, verification: EmailVerification, owner: User, by: Principal | None) -> User:
        """Requires a session of the owner or their password: whoever made the account may have typed the address of
        somebody else, who receives the link. Revokes the owner's other sessions. Raises InvalidLink, WrongPassword,
        EmailReserved, EmailTaken, and Conflict where neither was sent."""
        kept = by.session_id if by is not None and by.user_id == owner.id else None
        if kept is None:
            if verification.password is None:
                detail = "Enter the password of the account, or log in and follow the link again."
                raise Conflict(detail, code="password_required")
            password = verification.password.get_secret_value()
            await self.passwords.require(password, owner.password_hash, field="password", logged_in=False)

        async def apply(user: User, session: ClientSession) -> User:
            if user.password_hash != owner.password_hash:
                raise WrongPassword("password")  # a concurrent request has changed it
            await Organisation.load_active(user.organisation_id, session)
            change = user.verify_email(verification.token.get_secret_value())
            await end_dependent(user, change, user.as_actor(), session, keep=kept)
            return user

        return await User.modify_in_transaction(owner.id, ACTIVE, apply)

    async def cancel_email_change(self, by: Principal) -> None:
        """Raises NotFound where none is pending."""

        async def apply(user: User, session: ClientSession) -> None:
            user.cancel_email_change()
            await end_dependent(user, AccountChange.EMAIL_CHANGE_CANCELLED, by.actor, session, keep=by.session_id)

        await User.modify_in_transaction(by.user_id, by, apply)

    async def deny_email_change(self, token: str) -> None:
        """Cancels the change, or undoes it, with the link that was sent to the former address. Revokes all sessions.
        Raises InvalidLink, EmailReserved, EmailTaken."""

        async def apply(user: User, session: ClientSession) -> None:
            await Organisation.load_active(user.organisation_id, session)
            change = user.deny_email_change(token)
            await end_dependent(user, change, user.as_actor(), session)

        with reject_unknown_link():
            await User.modify_in_transaction(owner_id(token), ACTIVE, apply)

    async def change_password(self, change: PasswordChange, by: Principal) -> User:
        """Revokes all other sessions. Raises WrongPassword, Unprocessable; for users with a second factor
        ReauthenticationRequired."""
        user = await User.load(by.user_id, by)
        if user.mfa_enabled:
            await require_recent_proof(by)
        verified_hash = user.password_hash
        current, password = change.current_password.get_secret_value(), change.new_password.get_secret_value()
        await self.passwords.require(current, verified_hash, field="current_password", logged_in=True)
        organisation = await Organisation.load(by.organisation_id, by)
        validate_password(password, user.email, (user.name, *organisation.names), field="new_password")
        password_hash = await self.passwords.hash(password)

        async def apply(user: User, session: ClientSession) -> User:
            if user.password_hash != verified_hash:
                raise WrongPassword("current_password")  # a concurrent request has changed it
            user.set_password(password_hash, "change")
            await end_dependent(user, AccountChange.PASSWORD_CHANGED, by.actor, session, keep=by.session_id)
            return user

        return await User.modify_in_transaction(by.user_id, by, apply)

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
                await Organisation.load_active(user.organisation_id, session)
                change = AccountChange.PASSWORD_RESET
                if not user.email_verified:
                    user.take_over()
                    change = AccountChange.TAKEN_OVER
                user.set_password(password_hash, "reset")
                await end_dependent(user, change, user.as_actor(), session)
                return user

            return await User.modify_in_transaction(user.id, ACTIVE, apply)
