"""A session as stored: one login, and the refresh token that keeps it alive."""

from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from pymongo import ASCENDING, DESCENDING, IndexModel

from auth.domain.opaque_token import generate_token, hash_token, matches_hash
from auth.domain.session_limits import SessionLimits
from common import clock
from common.causation import Causation, current_causation
from common.events import Actor
from common.events.auth import RevocationReason, SessionEnded, SessionRevoked, SessionStarted
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX, ttl_index
from common.principal import Principal

KEPT_AFTER_EXPIRY = 30 * 24 * 3600


class Session(Aggregate):
    """`refresh_hash` is the hash of the current refresh token, `previous_hash` of the one it replaced."""

    user_id: UUID
    suspensions: int = 0
    """`Organisation.suspensions` when it started."""
    refresh_hash: str = ""
    previous_hash: str | None = None
    rotated_at: datetime
    retry_until: datetime
    """How long the previous refresh token is accepted while the current one is unused."""
    last_used_at: datetime
    """When the current or the previous refresh token was last accepted."""
    started_at: datetime
    authenticated_at: datetime
    """When the user last proved their identity in this session (`auth_time` in OpenID Connect)."""
    expires_at: datetime
    ended_at: datetime | None = None
    ip: str | None = None
    user_agent: str | None = None

    unversioned_fields: ClassVar[frozenset[str]] = frozenset({"authenticated_at"})

    class Settings(Aggregate.Settings):
        name = "sessions"
        indexes = [
            IndexModel([("user_id", ASCENDING), ("_id", DESCENDING)]),
            ttl_index("expires_at", KEPT_AFTER_EXPIRY),
            OUTBOX_INDEX,
        ]

    @classmethod
    def visible_to(cls, by: Principal) -> dict[str, Any]:
        """The caller's own active sessions."""
        return {"user_id": by.user_id, **cls.active()}

    @staticmethod
    def active() -> dict[str, Any]:
        """Sessions that have neither ended nor expired, as a MongoDB filter."""
        return {"ended_at": None, "expires_at": {"$gt": clock.now()}}

    @classmethod
    def new(cls, organisation_id: UUID, user_id: UUID, limits: SessionLimits, *, suspensions: int) -> Self:
        """A session of the browser that sent the current request."""
        now = clock.now()
        request = current_causation() or Causation("")
        return cls(
            organisation_id=organisation_id,
            user_id=user_id,
            suspensions=suspensions,
            rotated_at=now,
            retry_until=now,
            last_used_at=now,
            started_at=now,
            authenticated_at=now,
            expires_at=now + min(limits.idle, limits.absolute),
            ip=request.ip,
            user_agent=request.user_agent,
        )

    def start(self, actor: Actor, *, new_device: bool) -> str:
        """Returns the first refresh token, which is not stored."""
        started = SessionStarted(user_id=self.user_id, expires_at=self.expires_at, new_device=new_device)
        self.record(started, actor)
        return self._issue_token()

    def accept(self, token: str, limits: SessionLimits) -> str | None:
        """Returns the next refresh token, or None where the caller's other tab has it. Revokes the session for a token
        whose successor was used: one of the two was stolen (docs/decisions/0036)."""
        now = clock.now()
        if matches_hash(token, self.refresh_hash):
            return self.rotate(limits)
        if matches_hash(token, self.previous_hash) and now - self.rotated_at <= limits.grace:
            self.last_used_at = now  # two tabs refresh at the same time
            return None
        if matches_hash(token, self.previous_hash) and now <= self.retry_until:
            self._extend(limits)  # the answer with the successor was lost
            return self._issue_token()
        self.revoke("refresh_token_reused", actor=None)
        return None

    def has_issued(self, token: str) -> bool:
        """Whether `token` is the current or the previous refresh token."""
        return matches_hash(token, self.refresh_hash) or matches_hash(token, self.previous_hash)

    def rotate(self, limits: SessionLimits) -> str:
        """Replaces the refresh token. Returns the new one."""
        self.previous_hash = self.refresh_hash
        self._extend(limits)
        self.retry_until = self.rotated_at + limits.retry
        return self._issue_token()

    def _extend(self, limits: SessionLimits) -> None:
        self.rotated_at = self.last_used_at = clock.now()
        self.expires_at = min(self.rotated_at + limits.idle, self.started_at + limits.absolute)

    def reauthenticate(self) -> None:
        """The user has proved their identity again."""
        self.authenticated_at = clock.now()

    def end(self, actor: Actor) -> None:
        """The user has left it: by logout, or by another login in the same browser."""
        if self.ended_at is None:
            self.ended_at = clock.now()
            self.record(SessionEnded(user_id=self.user_id), actor)

    def revoke(self, reason: RevocationReason, actor: Actor | None) -> None:
        if self.ended_at is None:
            self.ended_at = clock.now()
            self.record(SessionRevoked(user_id=self.user_id, reason=reason), actor)

    @property
    def is_active(self) -> bool:
        return self.ended_at is None and self.expires_at > clock.now()

    def _issue_token(self) -> str:
        token = generate_token(self.id)
        self.refresh_hash = hash_token(token)
        return token
