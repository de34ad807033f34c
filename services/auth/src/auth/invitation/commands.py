"""Commands on invitations."""

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from auth.domain.mailed_token import reject_unknown_link
from auth.domain.opaque_token import owner_id
from auth.invitation.document import Invitation
from auth.invitation.schemas import InvitationAcceptance, NewInvitation
from auth.organisation.document import Organisation
from auth.passwords import Passwords, validate_password
from auth.user.document import EmailTaken, User
from common.addresses import address_key
from common.events import Actor
from common.mongo import ClientSession, Database, run_in_transaction
from common.principal import Principal
from common.secret_links import LinkEncryptor


@dataclass(frozen=True)
class Invitations:
    db: Database
    passwords: Passwords
    encryptor: LinkEncryptor

    async def create(self, new: NewInvitation, by: Principal, session: ClientSession | None = None) -> Invitation:
        """Sends a link. Earlier invitations of the same address are revoked. Raises EmailTaken."""
        organisation = await Organisation.load(by.organisation_id, by)
        return await run_in_transaction(self.db, partial(self.invite, organisation, new, by.actor), session)

    async def invite(
        self, organisation: Organisation, new: NewInvitation, by: Actor, session: ClientSession
    ) -> Invitation:
        """As `create`, for any organisation and within a transaction."""
        if await User.find_by_email(organisation.id, new.email, session) is not None:
            raise EmailTaken
        earlier = {"organisation_id": organisation.id, "email_key": address_key(new.email), **Invitation.open()}
        async for invitation in Invitation.find(earlier, session=session):
            invitation.revoke(by)
            await invitation.commit(session)
        return await Invitation.new(organisation, by=by, encryptor=self.encryptor, **dict(new)).commit(session)

    async def revoke(self, id_: UUID, by: Principal, expected: int | None) -> None:
        """Raises NotFound, PreconditionFailed."""
        await Invitation.modify(id_, by, lambda invitation: invitation.revoke(by.actor), expected=expected)

    async def accept(self, acceptance: InvitationAcceptance) -> User:
        """A new user, whose address the link verifies. Raises InvalidLink, Unprocessable, EmailTaken."""
        token, password = acceptance.token.get_secret_value(), acceptance.password.get_secret_value()
        with reject_unknown_link():
            invitation = await Invitation.load(owner_id(token), {})
            invitation.require_link(token)
            organisation = await Organisation.load(invitation.organisation_id, invitation.organisation_id)
            context = (acceptance.name or "", invitation.name, *organisation.names)
            validate_password(password, invitation.email, context)
            password_hash = await self.passwords.hash(password)

            async def apply(invitation: Invitation, session: ClientSession) -> User:
                invitation.accept(token)
                user = User.register(
                    invitation.organisation_id,
                    invitation.email,
                    acceptance.name or invitation.name,
                    invitation.role,
                    password_hash,
                    locale=invitation.locale,
                    email_verified=True,
                )
                return await user.commit(session)

            return await Invitation.modify_in_transaction(invitation.id, invitation.organisation_id, apply)
