"""Revokes many sessions at once (docs/decisions/0013)."""

import asyncio
from contextlib import suppress
from uuid import UUID

from auth.session.document import Session
from common.errors import NotFound
from common.events import Actor
from common.events.auth import RevocationReason
from common.mongo import ClientSession

CONCURRENCY = 16


async def revoke_sessions(
    user_id: UUID, reason: RevocationReason, by: Actor, session: ClientSession, *, keep: UUID | None = None
) -> None:
    """The active sessions of a user except `keep`, in the transaction of the change that causes it."""
    async for each in Session.find({**Session.active(), "user_id": user_id, "_id": {"$ne": keep}}, session=session):
        each.revoke(reason, by)
        await each.commit(session)


async def outdate_sessions(user_id: UUID, session: ClientSession) -> None:
    """Increments the versions of a user's sessions, so that a concurrent refresh conflicts and reads the user again."""
    query = {**Session.active(), "user_id": user_id}
    await Session.get_pymongo_collection().update_many(query, {"$inc": {"version": 1}}, session=session)


async def revoke_sessions_of_organisation(organisation_id: UUID, by: Actor) -> None:
    """The sessions of a suspended organisation: too many for one transaction, so one by one. Can be repeated after an
    interruption; auth refuses the users meanwhile, because the organisation is suspended."""
    semaphore = asyncio.Semaphore(CONCURRENCY)

    async def revoke(id_: UUID) -> None:
        async with semaphore:
            with suppress(NotFound):  # expired and deleted meanwhile
                await Session.modify(id_, organisation_id, lambda session: session.revoke("suspended", by))

    query = {**Session.active(), "organisation_id": organisation_id}
    ids = [each["_id"] async for each in Session.get_pymongo_collection().find(query, {"_id": 1})]
    await asyncio.gather(*map(revoke, ids))
