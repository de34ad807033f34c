"""A session as stored: one log-in, and the refresh token that keeps it alive."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from pymongo import ASCENDING, DESCENDING, IndexModel

from auth.opaque_token import hashed, is_hash_of, new_token
from common import clock
from common.events import Actor
from common.events.auth import SessionEnded, SessionRevoked, SessionStarted
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX

KEPT_AFTER_EXPIRY = 30 * 24 * 3600

Reason = Literal["refresh_token_reused", "revoked", "password_changed", "deactivated", "mfa_changed", "suspended"]


class Session(Aggregate):
    """`refresh_hash` is of the only token that may be used next; `previous_hash` of the one it replaced."""

    user_id: UUID
    refresh_hash: str = ""
    previous_hash: str | None = None
    rotated_at: datetime
    last_used_at: datetime
    """When a refresh token of it was last accepted, the one before the present one too."""
    started_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    ip: str | None = None
    user_agent: str | None = None
    device: str | None = None

    class Settings(Aggregate.Settings):
        name = "sessions"
        indexes = [
            IndexModel([("user_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("organisation_id", ASCENDING), ("expires_at", ASCENDING)]),
            IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=KEPT_AFTER_EXPIRY),
            OUTBOX_INDEX,
        ]

    def start(self, actor: Actor, *, new_device: bool) -> str:
        """Begins; returns the first refresh token, which is stored nowhere."""
        started = SessionStarted(user_id=self.user_id, expires_at=self.expires_at, new_device=new_device)
        self.record(started, actor)
        return self._new_token()

    def check(self, token: str, *, grace: timedelta) -> Literal["current", "just_replaced", "reused"]:
        """What a presented refresh token is. Two tabs may present the same one at once: for a moment after it was
        replaced, that is no theft."""
        if is_hash_of(self.refresh_hash, token):
            return "current"
        if is_hash_of(self.previous_hash, token) and clock.now() - self.rotated_at <= grace:
            return "just_replaced"
        return "reused"

    def rotate(self, lifetime: timedelta) -> str:
        """Replaces the refresh token; returns the new one."""
        self.previous_hash = self.refresh_hash
        self.rotated_at = self.last_used_at = clock.now()
        self.expires_at = self.rotated_at + lifetime
        return self._new_token()

    def use(self) -> None:
        """The token before the present one was accepted."""
        self.last_used_at = clock.now()

    def end(self, actor: Actor) -> None:
        """Log-out. Ending twice is no change."""
        if self.ended_at is None:
            self.ended_at = clock.now()
            self.record(SessionEnded(user_id=self.user_id), actor)

    def revoke(self, reason: Reason, actor: Actor | None) -> None:
        """Ended by something else than a log-out of its own."""
        if self.ended_at is None:
            self.ended_at = clock.now()
            self.record(SessionRevoked(user_id=self.user_id, reason=reason), actor)

    @property
    def alive(self) -> bool:
        """Whether its tokens are to be believed."""
        return self.ended_at is None and self.expires_at > clock.now()

    def _new_token(self) -> str:
        token = new_token(self.id)
        self.refresh_hash = hashed(token)
        return token
