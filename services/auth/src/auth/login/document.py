"""What is stored of log-ins that are not done yet, or failed."""

from datetime import datetime, timedelta
from typing import ClassVar, Literal, Self
from uuid import UUID

from beanie import Document
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from auth.opaque_token import hashed, new_token, owner_of
from auth.user.document import User
from common import clock
from common.events.auth import LoginFailed
from common.ids import PLATFORM, new_id
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX

KEPT_SECONDS = 30 * 24 * 3600
CHALLENGE_LIFETIME = timedelta(minutes=5)
MOST_TRIES = 5


class FailedLogin(Aggregate):
    """A log-in that was refused: for the audit trail, by the event it causes. What was typed is not kept."""

    at: datetime = Field(default_factory=clock.now)

    class Settings(Aggregate.Settings):
        name = "failed_logins"
        indexes = [IndexModel([("at", ASCENDING)], expireAfterSeconds=KEPT_SECONDS), OUTBOX_INDEX]

    @classmethod
    def of(
        cls,
        organisation_id: UUID | None,
        user: User | None,
        reason: Literal["unknown_account", "wrong_password", "wrong_code", "deactivated", "suspended"],
    ) -> Self:
        """`organisation_id` is None where there is no such organisation."""
        failed = cls(organisation_id=organisation_id or PLATFORM)
        failed.record(LoginFailed(user_id=user.id if user else None, reason=reason), actor=None)
        return failed


class Challenge(Document):
    """A log-in whose password was right, and that waits for the second factor. Its token opens just this."""

    id: UUID = Field(default_factory=new_id)  # type: ignore[assignment]  # Beanie means any type by ObjectId
    organisation_id: UUID
    user_id: UUID
    hashed: str = ""
    tries: int = 0
    begun_at: datetime
    expires_at: datetime

    class Settings:
        name = "mfa_challenges"
        indexes: ClassVar = [IndexModel("expires_at", expireAfterSeconds=0)]

    @classmethod
    def of(cls, user: User) -> tuple[str, Self]:
        """The token, which is stored nowhere, and what is kept of it."""
        now = clock.now()
        challenge = cls(
            organisation_id=user.organisation_id,
            user_id=user.id,
            begun_at=now,
            expires_at=now + CHALLENGE_LIFETIME,
        )
        token = new_token(challenge.id)
        challenge.hashed = hashed(token)
        return token, challenge

    @classmethod
    async def take(cls, token: str) -> Self | None:
        """The challenge of that token, with one try less; None for one that is unknown, late or used up."""
        live = {
            "_id": owner_of(token),
            "hashed": hashed(token),
            "tries": {"$lt": MOST_TRIES},
            "expires_at": {"$gt": clock.now()},
        }
        found = await cls.get_pymongo_collection().find_one_and_update(live, {"$inc": {"tries": 1}})
        return None if found is None else cls.model_validate({**found, "id": found["_id"]})
