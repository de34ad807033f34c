"""Brings the addresses that earlier versions stored into their present form. Idempotent."""

import pymongo

from common.addresses import address_key, domain_of
from common.mongo import INDEXING_SECONDS, ClientSession, Database, run_in_transaction
from mailer.mail.document import Mail
from mailer.suppression.document import Suppression


async def migrate_mails() -> int:
    """The number of addresses in the outbox that changed."""
    mails, changed = Mail.get_pymongo_collection(), 0
    with pymongo.timeout(INDEXING_SECONDS):  # no index has the address alone
        async for group in await mails.aggregate([{"$group": {"_id": "$address"}}]):
            address, key = group["_id"], address_key(group["_id"])
            if key != address:
                await mails.update_many({"address": address}, {"$set": {"address": key, "domain": domain_of(key)}})
                changed += 1
    return changed


async def migrate_suppressions(db: Database) -> int:
    """The number of entries that changed. Entries of two spellings of one address become one."""
    moved = 0
    async for suppression in Suppression.find({"active": True}):
        if suppression.id != Suppression.id_of(suppression.organisation_id, suppression.email):
            await run_in_transaction(db, _Move(suppression))
            moved += 1
    return moved


class _Move:
    """A change of an entry's id, which is derived from its address."""

    def __init__(self, suppression: Suppression) -> None:
        self._old = suppression

    async def __call__(self, session: ClientSession) -> None:
        organisation_id, email = self._old.organisation_id, self._old.email
        await Suppression.modify(
            Suppression.id_of(organisation_id, email),
            organisation_id,
            lambda new: new.copy_from(self._old),
            session=session,
            initial=lambda: Suppression.initial(organisation_id, email, self._old.added_by),
        )
        await Suppression.modify(self._old.id, organisation_id, lambda old: old.remove(None), session=session)
