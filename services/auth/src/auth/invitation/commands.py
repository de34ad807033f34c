"""What can be asked of invitations."""

from dataclasses import dataclass
from uuid import UUID

from auth.invitation import queries
from auth.invitation.document import Invitation
from auth.invitation.schemas import Acceptance, NewInvitation
from auth.mailed_token import LinkOfNoUse
from auth.opaque_token import owner_of
from auth.organisation.document import Organisation
from auth.passwords import Passwords, require_acceptable
from auth.user.commands import commit_new
from auth.user.document import User, email_key
from common.errors import Conflict
from common.events import Actor
from common.mongo import ClientSession, Database, run_in_transaction
from common.outbox import retry_on_conflict
from common.principal import Principal
from common.sealed import SecretCipher


@dataclass(frozen=True)
class Invitations:
    """Asks people to join, and lets them."""

    db: Database
    passwords: Passwords
    cipher: SecretCipher

    async def create(self, new: NewInvitation, by: Principal, within: ClientSession | None = None) -> Invitation:
        """Sends a link; an earlier one to the same address opens nothing any more. Raises Conflict where there is an
        account."""
        organisation = await Organisation.load(by.organisation_id, by.organisation_id)

        async def write(within: ClientSession) -> Invitation:
            return await self.invite(organisation, new, by.actor, within)

        return await write(within) if within is not None else await run_in_transaction(self.db, write)

    async def invite(
        self, organisation: Organisation, new: NewInvitation, by: Actor, within: ClientSession
    ) -> Invitation:
        """The same, to any organisation, within a transaction."""
        if await User.by_email(organisation.id, new.email, within) is not None:
            raise Conflict("There is an account with this e-mail address.", code="email_taken")
        earlier = {**queries.open_in(organisation.id), "email_key": email_key(new.email)}
        async for invitation in Invitation.find(earlier, session=within):
            invitation.revoke(by)
            await invitation.commit(within)
        return await Invitation.new(
            organisation.id,
            organisation.name,
            email=new.email,
            name=new.name,
            role=new.role,
            locale=new.locale,
            by=by,
            cipher=self.cipher,
        ).commit(within)

    async def revoke(self, id_: UUID, by: Principal, expected: int | None) -> None:
        """Takes it back. Raises NotFound, Stale."""

        async def attempt() -> None:
            invitation = await queries.get(id_, by)
            invitation.require_version(expected)
            invitation.revoke(by.actor)
            await invitation.commit()

        await retry_on_conflict(attempt)

    async def accept(self, acceptance: Acceptance) -> User:
        """A new person; the link proves the address. Raises LinkOfNoUse, Unprocessable, Conflict."""
        token, password = acceptance.token.get_secret_value(), acceptance.password.get_secret_value()
        invitation = await _of(token)
        invitation.require_link(token)
        require_acceptable(password, invitation.email)
        password_hash = await self.passwords.hash(password)

        async def write(within: ClientSession) -> User:
            invitation = await _of(token, within)
            invitation.accept(token)
            await invitation.commit(within)
            user = User.register(
                invitation.organisation_id,
                invitation.email,
                acceptance.name or invitation.name,
                invitation.role,
                password_hash,
                locale=invitation.locale,
                email_verified=True,
            )
            return await commit_new(user, within)

        return await run_in_transaction(self.db, write)


async def _of(token: str, within: ClientSession | None = None) -> Invitation:
    id_ = owner_of(token)
    found = await Invitation.find_one({"_id": id_}, session=within) if id_ else None
    if found is None:
        raise LinkOfNoUse
    return found
