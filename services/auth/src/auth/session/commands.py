"""What can be asked of sessions.

A session must neither begin nor go on with what has just ceased to be so: an old password, a former role, an account
that is shut. So whatever changes those writes the person and their sessions in one transaction, and whatever hands out
a token writes the session, or the person, after reading both. MongoDB lets one of them win, and the other one sees it.
What a token says is as of the moment before it was read: `Started.as_of` becomes its `iat`.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from auth.access import scope_of
from auth.opaque_token import owner_of
from auth.organisation.document import Organisation
from auth.session.device import device_of
from auth.session.document import Reason, Session
from auth.user.document import User
from common import clock
from common.causation import current_causation
from common.errors import NotFound, Unauthenticated
from common.events import Actor
from common.mongo import ClientSession, Database, run_in_transaction
from common.outbox import retry_on_conflict
from common.principal import Principal

AT_ONCE = 16


@dataclass(frozen=True)
class Started:
    """A session, what its access tokens are good for, and its refresh token; None where the caller's cookie is the
    right one already."""

    user: User
    session: Session
    scope: str
    as_of: datetime
    refresh_token: str | None


@dataclass(frozen=True)
class Sessions:
    """Starts, refreshes and ends sessions."""

    db: Database
    lifetime: timedelta
    grace: timedelta

    async def start(self, user: User) -> Started:
        """A new session of somebody who has proved who they are. Raises Unauthenticated where they may not any more."""
        as_of = clock.now()

        async def write(within: ClientSession) -> tuple[Session, str]:
            await self._note_log_in(user, within)
            session = self._new(user)
            known = user.last_login_at is None or await self._is_known(user, session.device, within)
            token = session.start(user.as_actor(), new_device=not known)
            await session.commit(within)
            return session, token

        session, token = await run_in_transaction(self.db, write)
        return await self._started(user, session, as_of, token)

    async def refresh(self, token: str | None) -> Started:
        """Raises Unauthenticated. A token that was used before revokes the session: it may be in a thief's hands."""
        return await retry_on_conflict(lambda: self._refresh(token))

    async def _refresh(self, token: str | None) -> Started:
        as_of = clock.now()
        session = await self._of(token)
        user = await User.find_one({"_id": session.user_id})
        if token is None or user is None or not user.active or not session.alive:
            raise _ended()
        match session.check(token, grace=self.grace):
            case "current":
                new_token = session.rotate(self.lifetime)
                await session.commit()
                return await self._started(user, session, as_of, new_token)
            case "just_replaced":
                session.use()
                await session.commit()
                return await self._started(user, session, as_of, None)
            case "reused":
                session.revoke("refresh_token_reused", actor=None)
                await session.commit()
                raise _ended()

    async def end(self, by: Principal) -> None:
        """Log-out. Nothing happens where it has ended already."""

        async def attempt() -> None:
            session = await Session.find_one({"_id": by.session_id, "user_id": by.user_id})
            if session is not None:
                session.end(by.actor)
                await session.commit()

        await retry_on_conflict(attempt)

    async def revoke(self, id_: UUID, by: Principal, expected: int | None) -> None:
        """Ends one of the caller's sessions. Raises NotFound, Stale."""

        async def attempt() -> None:
            session = await Session.find_one({"_id": id_, "user_id": by.user_id})
            if session is None or not session.alive:
                raise NotFound(f"There is no session {id_}.")
            session.require_version(expected)
            session.revoke("revoked", by.actor)
            await session.commit()

        await retry_on_conflict(attempt)

    async def revoke_others(self, by: Principal) -> None:
        """Ends all of the caller's sessions but the one they call from."""

        async def write(within: ClientSession) -> None:
            await revoke_all_of(by.user_id, "revoked", by.actor, within, but=by.session_id)

        await run_in_transaction(self.db, write)

    @staticmethod
    async def _note_log_in(user: User, within: ClientSession) -> None:
        """Raises Unauthenticated where what was just proved is not enough any more."""
        as_proved = {
            "_id": user.id,
            "active": True,
            "role": user.role,
            "password_hash": user.password_hash,
            "mfa_enabled": user.mfa_enabled,
        }
        noted = await User.get_pymongo_collection().update_one(
            as_proved, {"$set": {"last_login_at": clock.now()}}, session=within
        )
        if not noted.matched_count:
            raise _ended()

    def _new(self, user: User) -> Session:
        now = clock.now()
        causation = current_causation()
        return Session(
            organisation_id=user.organisation_id,
            user_id=user.id,
            rotated_at=now,
            last_used_at=now,
            started_at=now,
            expires_at=now + self.lifetime,
            ip=causation.ip if causation else None,
            user_agent=causation.user_agent if causation else None,
            device=device_of(causation.user_agent if causation else None),
        )

    @staticmethod
    async def _is_known(user: User, device: str | None, within: ClientSession) -> bool:
        earlier = await Session.find_one({"user_id": user.id, "device": device}, session=within)
        return earlier is not None

    @staticmethod
    async def _started(user: User, session: Session, as_of: datetime, token: str | None) -> Started:
        # Asked after the session is stored: whoever suspends the organisation at this moment either is seen here, or
        # finds the session and ends it.
        organisation = await Organisation.find_one({"_id": user.organisation_id})
        if organisation is None or organisation.suspended:
            raise _ended()
        required = organisation.settings.require_mfa
        scope = scope_of(user.role, mfa_enabled=user.mfa_enabled, mfa_required=required)
        return Started(user, session, scope, as_of, token)

    @staticmethod
    async def _of(token: str | None) -> Session:
        """The session a refresh token belongs to, by the id it starts with."""
        id_ = owner_of(token)
        found = await Session.find_one({"_id": id_}) if id_ else None
        if found is None:
            raise Unauthenticated("There is no session to refresh: log in.", code="no_session")
        return found


async def revoke_all_of(
    user_id: UUID, reason: Reason, by: Actor | None, within: ClientSession, *, but: UUID | None = None
) -> None:
    """Ends a person's sessions, in the transaction of what is the reason for it."""
    async for session in Session.find({**_alive(), "user_id": user_id, "_id": {"$ne": but}}, session=within):
        session.revoke(reason, by)
        await session.commit(within)


async def outdate_all_of(user_id: UUID, within: ClientSession) -> None:
    """Whoever has just read one of a person's sessions, to refresh it, has to read again, the person too: in the
    transaction of what changes them."""
    query = {**_alive(), "user_id": user_id}
    await Session.get_pymongo_collection().update_many(query, {"$inc": {"version": 1}}, session=within)


async def revoke_all_of_organisation(organisation_id: UUID, by: Actor) -> None:
    """Ends the sessions of everybody in a suspended organisation: too many for one transaction, so one by one. Killed
    on the way, it can be done again; nobody is let in meanwhile, since the organisation is suspended."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def attempt(id_: UUID) -> None:
        session = await Session.find_one({"_id": id_})
        if session is not None:
            session.revoke("suspended", by)
            await session.commit()

    async def in_turn(id_: UUID) -> None:
        async with turns:
            await retry_on_conflict(lambda: attempt(id_))

    query = {**_alive(), "organisation_id": organisation_id}
    ids = [each["_id"] async for each in Session.get_pymongo_collection().find(query, {"_id": 1})]
    await asyncio.gather(*(in_turn(id_) for id_ in ids))


def _alive() -> dict[str, Any]:
    """Sessions that have not ended, as a MongoDB filter."""
    return {"ended_at": None, "expires_at": {"$gt": clock.now()}}


def _ended() -> Unauthenticated:
    return Unauthenticated("The session has ended: log in again.", code="session_ended")
