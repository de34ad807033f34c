"""Revokes the sessions of a user at once (docs/decisions/0013)."""

from uuid import UUID

from auth.session.document import Session
from common.events import Actor
from common.events.auth import RevocationReason
from common.mongo import ClientSession


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
