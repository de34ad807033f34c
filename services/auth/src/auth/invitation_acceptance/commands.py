"""Accepting invitations."""

from dataclasses import dataclass

from auth.authority.commands import end_dependent
from auth.domain.access import may_grant, raises_role
from auth.domain.authority import AccountChange
from auth.domain.mailed_token import InvalidLink, reject_unknown_link
from auth.domain.opaque_token import owner_id
from auth.invitation.document import Invitation
from auth.invitation_acceptance.schemas import InvitationAcceptance
from auth.organisation.document import Organisation
from auth.passwords import Passwords, validate_password
from auth.session.revocation import outdate_sessions
from auth.user.document import User
from auth.user.errors import AccountDeactivated, EmailTaken
from common.errors import Conflict, FieldError, Unprocessable, VersionConflict
from common.mongo import ClientSession
from common.principal import Principal


@dataclass(frozen=True)
class InvitationAcceptances:
    passwords: Passwords

    async def find_holder(self, acceptance: InvitationAcceptance) -> User | None:
        """The account that the invited address has already. Raises InvalidLink."""
        invitation = await _load(acceptance)
        return await User.find_by_email(invitation.organisation_id, invitation.email)

    async def accept(self, acceptance: InvitationAcceptance, holder: User | None, by: Principal | None) -> User:
        """The user, who has the role of the invitation and a verified address. Requires that the inviter may still
        grant the role. Raises InvalidLink, Unprocessable, Conflict, Forbidden, VersionConflict."""
        token, invitation = acceptance.token.get_secret_value(), await _load(acceptance)
        new_hash = None
        if holder is not None and holder.email_verified:
            await self._require_holder(holder, acceptance, by)
        else:
            new_hash = await self._hash_new_password(acceptance, invitation)

        async def apply(invitation: Invitation, session: ClientSession) -> User:
            invitation.accept(token, await Organisation.load_active(invitation.organisation_id, session))
            inviter = await _require_inviter(invitation, session)
            user = await User.find_by_email(invitation.organisation_id, invitation.email, session)
            if user is None and new_hash is not None:
                return await _register(invitation, acceptance, new_hash).commit(session)
            if user is None or holder is None or user.credentials() != holder.credentials():
                raise VersionConflict("The account has changed meanwhile. Follow the link again.")
            if not user.active:
                raise AccountDeactivated
            if new_hash is None and not raises_role(user.role, invitation.role):
                raise EmailTaken  # somebody has given the user a higher role since
            if new_hash is not None:
                user.take_over(invitation.role, acceptance.name or invitation.name)
                user.set_password(new_hash, "reset")
                await end_dependent(user, AccountChange.TAKEN_OVER, user.as_actor(), session)
            else:
                user.edit(inviter.as_actor(), role=invitation.role)
                await outdate_sessions(user.id, session)
                await end_dependent(user, AccountChange.ROLE_CHANGED, inviter.as_actor(), session)
            return await user.commit(session)

        with reject_unknown_link():
            return await Invitation.modify_in_transaction(invitation.id, invitation.organisation_id, apply)

    async def _hash_new_password(self, acceptance: InvitationAcceptance, invitation: Invitation) -> str:
        if acceptance.password is None:
            raise Unprocessable.field("password", "Choose a password.")
        password = acceptance.password.get_secret_value()
        organisation = await Organisation.load(invitation.organisation_id, invitation.organisation_id)
        context = (acceptance.name or "", invitation.name, *organisation.names)
        validate_password(password, invitation.email, context)
        return await self.passwords.hash(password)

    async def _require_holder(self, holder: User, acceptance: InvitationAcceptance, by: Principal | None) -> None:
        """Requires a session of the account or, without a second factor, its password."""
        if by is not None and by.user_id == holder.id:
            return
        if holder.mfa_enabled or acceptance.password is None:
            detail = "There is an account with this email address. Log in, then follow the link again."
            raise Conflict(detail, code="login_required")
        if not await self.passwords.verify(acceptance.password.get_secret_value(), holder.password_hash):
            detail = (
                "There is an account with this email address. Enter its password, or log in and follow the link again."
            )
            raise Unprocessable(detail, errors=(FieldError("password", detail),), code="wrong_password")


async def _load(acceptance: InvitationAcceptance) -> Invitation:
    token = acceptance.token.get_secret_value()
    with reject_unknown_link():
        invitation = await Invitation.load(owner_id(token), {})
        organisation = await Organisation.load(invitation.organisation_id, invitation.organisation_id)
        invitation.require_link(token, organisation)
    return invitation


async def _require_inviter(invitation: Invitation, session: ClientSession) -> User:
    """Raises InvalidLink where the inviter may not grant the role any more."""
    inviter = await User.find_one({"_id": invitation.invited_by.id, "active": True}, session=session)
    if inviter is None or not may_grant(inviter.role, invitation.role):
        raise InvalidLink
    return inviter


def _register(invitation: Invitation, acceptance: InvitationAcceptance, password_hash: str) -> User:
    return User.register(
        invitation.organisation_id,
        invitation.email,
        acceptance.name or invitation.name,
        invitation.role,
        password_hash,
        locale=invitation.locale,
        email_verified=True,
    )
