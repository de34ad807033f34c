"""Brings the addresses that earlier versions stored into their present form. Idempotent."""

from collections import defaultdict
from collections.abc import AsyncIterator
from uuid import UUID

from auth.invitation.document import Invitation
from auth.user.document import User
from auth.user.errors import EmailReserved
from common.addresses import address_key


async def migrate_users() -> AsyncIterator[str]:
    """Migrates users whose address nobody else has in another spelling, or had and can restore. Yields a sentence for
    each that stays."""
    owners: dict[tuple[UUID, str], list[UUID]] = defaultdict(list)
    stored = User.get_pymongo_collection().find({}, {"organisation_id": 1, "email": 1})
    async for user in stored:
        owners[user["organisation_id"], address_key(user["email"])].append(user["_id"])
    for (organisation_id, key), ids in owners.items():
        if len(ids) > 1:
            yield f"organisation {organisation_id}: {key} is the address of {len(ids)} users: {_join(ids)}"
            continue
        try:
            await User.modify(ids[0], organisation_id, lambda user: user.normalize_email())
        except EmailReserved as error:
            yield f"organisation {organisation_id}: {key} of user {ids[0]} stays as it is: {error}"
        except ValueError as error:
            yield f"organisation {organisation_id}: {key} of user {ids[0]} is not an address: {error}"


async def migrate_invitations() -> AsyncIterator[str]:
    """Migrates open invitations. Yields a sentence for each that stays."""
    async for invitation in Invitation.find(Invitation.open()):
        try:
            await Invitation.modify(
                invitation.id, invitation.organisation_id, lambda invitation: invitation.normalize_email()
            )
        except ValueError as error:
            yield f"organisation {invitation.organisation_id}: invitation {invitation.id}: {error}"


def _join(ids: list[UUID]) -> str:
    return ", ".join(map(str, sorted(ids)))
