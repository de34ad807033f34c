"""What can be asked of log-ins."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from auth.organisation.document import Organisation
from auth.passwords import Passwords
from auth.session.document import Session
from auth.session.schemas import LogIn
from auth.user.document import User
from common import clock
from common.cause import current_cause
from common.errors import NotFound, Unauthenticated
from common.outbox import attempt_until_won

_WRONG = "E-mail address or password is wrong."


@dataclass(frozen=True)
class Started:
    """A session and its refresh token; None where the caller's cookie is the right one already."""

    user: User
    session: Session
    refresh_token: str | None


@dataclass(frozen=True)
class Sessions:
    """Starts, refreshes and ends sessions."""

    passwords: Passwords
    lifetime: timedelta
    grace: timedelta

    async def log_in(self, asked: LogIn) -> Started:
        """Raises Unauthenticated, in the same words after the same work, for an unknown person and a wrong password."""
        try:
            organisation = await Organisation.by_slug(asked.organisation)
            user = await User.by_email(organisation.id, asked.email)
        except NotFound:
            user = None
        right = await self.passwords.matches(asked.password.get_secret_value(), user.password_hash if user else None)
        if user is None or not right or not user.active:
            raise Unauthenticated(_WRONG, code="wrong_credentials")
        return await self.start(user)

    async def start(self, user: User) -> Started:
        """A new session of somebody who has proved who they are."""
        now = clock.now()
        cause = current_cause()
        session = Session(
            organisation_id=user.organisation_id,
            user_id=user.id,
            rotated_at=now,
            started_at=now,
            expires_at=now + self.lifetime,
            ip=cause.ip if cause else None,
            user_agent=cause.user_agent if cause else None,
        )
        token = session.start(user.as_actor())
        await session.commit()
        return Started(user, session, token)

    async def refresh(self, token: str | None) -> Started:
        """Raises Unauthenticated. A token that was used before revokes the session: it may be in a thief's hands."""
        return await attempt_until_won(lambda: self._refresh(token))

    async def _refresh(self, token: str | None) -> Started:
        session = await self._of(token)
        user = await User.find_one({"_id": session.user_id})
        if token is None or user is None or not user.active or not session.alive:
            raise Unauthenticated("The session has ended: log in again.", code="session_ended")
        match session.check(token, grace=self.grace):
            case "current":
                new_token = session.rotate(self.lifetime)
                await session.commit()
                return Started(user, session, new_token)
            case "just_replaced":
                return Started(user, session, None)
            case "reused":
                session.revoke("refresh_token_reused", actor=None)
                await session.commit()
                raise Unauthenticated("The session has ended: log in again.", code="session_ended")

    async def end(self, session_id: UUID, user: UUID) -> None:
        """Log-out. Nothing happens where it has ended already."""

        async def attempt() -> None:
            session = await Session.find_one({"_id": session_id, "user_id": user})
            owner = await User.find_one({"_id": user})
            if session is not None and owner is not None:
                session.end(owner.as_actor())
                await session.commit()

        await attempt_until_won(attempt)

    async def _of(self, token: str | None) -> Session:
        """The session a refresh token belongs to, by the id it starts with."""
        try:
            id_ = UUID((token or "").partition(".")[0])
        except ValueError:
            raise Unauthenticated("There is no session to refresh: log in.", code="no_session") from None
        found = await Session.find_one({"_id": id_})
        if found is None:
            raise Unauthenticated("There is no session to refresh: log in.", code="no_session")
        return found
