"""Commands on invitations."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from auth.domain.access import raises_role
from auth.invitation.document import MAX_OPEN_PER_INVITER, MAX_OPEN_PER_ORGANISATION, Invitation
from auth.invitation.schemas import NewInvitation
from auth.organisation.document import Organisation
from auth.user.document import User
from auth.user.errors import AccountDeactivated, EmailSuppressed, EmailTaken
from common.addresses import address_key
from common.errors import Conflict
from common.events import Actor
from common.mongo import ClientSession, Database, run_in_transaction
from common.principal import Principal
from common.secret_links import LinkEncryptor
from common.suppressed_addresses import SuppressedAddresses


class TooManyInvitations(Conflict):
    code = "too_many_invitations"

    def __init__(self, whose: str, limit: int) -> None:
        super().__init__(f"{whose} {limit} open invitations. Revoke some, or wait until they are accepted or expire.")


@dataclass(frozen=True)
class Invitations:
    db: Database
    encryptor: LinkEncryptor
    suppressed: SuppressedAddresses

    async def create(self, new: NewInvitation, by: Principal, session: ClientSession | None = None) -> Invitation:
        """Sends a link. Earlier invitations of the same address are revoked. An address may have an account
        that is not verified, or has a lower role. Raises EmailReserved, EmailTaken, AccountDeactivated,
        EmailSuppressed, TooManyInvitations."""
        organisation = await Organisation.load(by.organisation_id, by)
        return await run_in_transaction(self.db, partial(self.invite, organisation, new, by.actor), session)

    async def invite(
        self, organisation: Organisation, new: NewInvitation, by: Actor, session: ClientSession
    ) -> Invitation:
        """As `create`, for any organisation and within a transaction."""
        if reason := await self.suppressed.reason_of(organisation.id, new.email):
            raise EmailSuppressed(new.email, reason)
        holder = await User.find_by_email(organisation.id, new.email, session)
        if holder is None:
            await User.require_unreserved(organisation.id, new.email, session=session)
        if holder is not None and not holder.active:
            raise AccountDeactivated
        if holder is not None and holder.email_verified and not raises_role(holder.role, new.role):
            raise EmailTaken
        earlier = {"organisation_id": organisation.id, "email_key": address_key(new.email), **Invitation.open()}
        async for invitation in Invitation.find(earlier, session=session):
            invitation.revoke(by)
            await invitation.commit(session)
        await _require_quota(organisation, by, session)
        return await Invitation.new(organisation, by=by, encryptor=self.encryptor, **dict(new)).commit(session)

    async def revoke(self, id_: UUID, by: Principal, expected: int | None) -> None:
        """Raises NotFound, PreconditionFailed."""
        await Invitation.modify(id_, by, lambda invitation: invitation.revoke(by.actor), expected=expected)


async def _require_quota(organisation: Organisation, by: Actor, session: ClientSession) -> None:
    """Raises TooManyInvitations. Two invitations at the same time conflict: both transactions write the
    organisation."""
    increment = {"$inc": {"sent_invitations": 1}}
    await Organisation.get_pymongo_collection().update_one({"_id": organisation.id}, increment, session=session)
    of_organisation = Invitation.open_in(organisation)
    of_inviter = {**of_organisation, "invited_by.id": by.id}
    if await _count(of_inviter, MAX_OPEN_PER_INVITER, session) >= MAX_OPEN_PER_INVITER:
        raise TooManyInvitations("You have", MAX_OPEN_PER_INVITER)
    if await _count(of_organisation, MAX_OPEN_PER_ORGANISATION, session) >= MAX_OPEN_PER_ORGANISATION:
        raise TooManyInvitations("Your organisation has", MAX_OPEN_PER_ORGANISATION)


async def _count(query: dict[str, Any], limit: int, session: ClientSession) -> int:
    return await Invitation.get_pymongo_collection().count_documents(query, limit=limit, session=session)
