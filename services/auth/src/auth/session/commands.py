"""Starts, refreshes and ends sessions (docs/decisions/0013).

No token may be issued from a password, a role or an account state that has just changed. Whatever changes these writes
the user and the sessions in one transaction; whatever issues a token writes the session or the user after reading both.
Of two such operations at the same time, MongoDB lets one win, and the other reads again.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from auth.domain.access import token_scope
from auth.domain.opaque_token import owner_id
from auth.domain.session_limits import SessionLimits
from auth.organisation.document import Organisation
from auth.session.document import Session
from auth.session.revocation import revoke_sessions
from auth.user.document import User
from common import clock
from common.errors import NotFound, Unauthenticated
from common.mongo import ClientSession, Database, run_in_transaction
from common.outbox import retry_on_conflict
from common.principal import Principal

MAX_SESSIONS = 100
"""Of one user. A further login ends the oldest one."""


class InvalidSession(Unauthenticated):
    """The session has ended or expired, or its user or organisation has been locked out."""

    code = "session_ended"

    def __init__(self) -> None:
        super().__init__("The session has ended. Log in again.")


@dataclass(frozen=True)
class IssuedSession:
    """`issued_at` is the time before the session's data was read, and the `iat` of its access tokens. `refresh_token`
    is None where the caller's cookie is the current one."""

    user: User
    session: Session
    scope: str
    issued_at: datetime
    refresh_token: str | None


@dataclass(frozen=True)
class Sessions:
    db: Database
    limits: SessionLimits

    async def start(
        self, user: User, *, is_known_device: bool, replaced_token: str | None, replaced_session: UUID | None = None
    ) -> IssuedSession:
        """A new session of a user who has just proved their identity; the first one of an account comes from no new
        device. Ends the session of `replaced_token`, the refresh token in the cookie that the new one replaces: nobody
        could log it out afterwards. Ends `replaced_session` as well, the one of the request. Raises Unauthenticated
        where the proof is outdated."""
        issued_at = clock.now()

        async def write(within: ClientSession) -> tuple[Session, str]:
            await _record_login(user, within)
            await _end_replaced_sessions(replaced_token, replaced_session, within)
            await _end_oldest_sessions(user, within)
            organisation = await Organisation.load(user.organisation_id, user.organisation_id, within)
            session = Session.new(user.organisation_id, user.id, self.limits, suspensions=organisation.suspensions)
            is_new_device = user.last_login_at is not None and not is_known_device
            token = session.start(user.as_actor(), new_device=is_new_device)
            await session.commit(within)
            return session, token

        session, token = await run_in_transaction(self.db, write)
        return await _issue(user, session, issued_at, token)

    async def refresh(self, token: str | None) -> IssuedSession:
        """Raises Unauthenticated. A token whose successor was used revokes the session."""

        async def attempt() -> IssuedSession:
            issued_at = clock.now()
            session = await Session.find_one({"_id": owner_id(token)})
            if session is None or token is None:
                raise Unauthenticated("There is no session to refresh. Log in.", code="no_session")
            user = await User.find_one({"_id": session.user_id, "active": True})
            if user is None or not session.is_active:
                raise InvalidSession
            new_token = session.accept(token, self.limits)
            await session.commit()
            if not session.is_active:
                raise InvalidSession
            return await _issue(user, session, issued_at, new_token)

        return await retry_on_conflict(attempt)

    async def end(self, by: Principal) -> None:
        """Logout."""
        with suppress(NotFound):  # another request has ended it
            await Session.modify(by.session_id, by, lambda session: session.end(by.actor))

    async def revoke(self, id_: UUID, by: Principal, expected: int | None) -> None:
        """One of the caller's sessions. Raises NotFound, PreconditionFailed."""
        await Session.modify(id_, by, lambda session: session.revoke("manual", by.actor), expected=expected)

    async def revoke_others(self, by: Principal) -> None:
        """All sessions of the caller except the one of this request."""
        await run_in_transaction(
            self.db, lambda within: revoke_sessions(by.user_id, "manual", by.actor, within, keep=by.session_id)
        )


async def _record_login(user: User, within: ClientSession) -> None:
    """Raises Unauthenticated where what was verified has changed."""
    verified = {"_id": user.id, "active": True, "role": user.role, "password_hash": user.password_hash}
    result = await User.get_pymongo_collection().update_one(
        {**verified, "mfa_enabled": user.mfa_enabled}, {"$set": {"last_login_at": clock.now()}}, session=within
    )
    if not result.matched_count:
        raise InvalidSession


async def _end_replaced_sessions(token: str | None, id_: UUID | None, within: ClientSession) -> None:
    replaced = {"_id": {"$in": [owner_id(token), id_]}, **Session.active()}
    async for session in Session.find(replaced, session=within):
        if session.id == id_ or (token is not None and session.has_issued(token)):
            owner = await User.load(session.user_id, session.organisation_id, within)
            session.end(owner.as_actor())
            await session.commit(within)


async def _end_oldest_sessions(user: User, within: ClientSession) -> None:
    """Leaves place for one more: whatever revokes the sessions of a user has a bounded number of them to write."""
    active = {**Session.active(), "user_id": user.id}
    async for each in Session.find(active, sort="-_id", skip=MAX_SESSIONS - 1, limit=MAX_SESSIONS, session=within):
        each.end(user.as_actor())
        await each.commit(within)


async def _issue(user: User, session: Session, issued_at: datetime, token: str | None) -> IssuedSession:
    # Read after the session is stored: a concurrent suspension is seen here, or counts as later than the session.
    organisation = await Organisation.find_one({"_id": user.organisation_id})
    if organisation is None or organisation.suspended or organisation.suspensions != session.suspensions:
        raise InvalidSession
    required = organisation.settings.require_mfa
    scope = token_scope(user.role, mfa_enabled=user.mfa_enabled, mfa_required=required)
    return IssuedSession(user, session, scope, issued_at, token)
