"""Logins that failed, and logins that wait for a second factor, as stored."""

from datetime import datetime, timedelta
from typing import ClassVar, Self
from uuid import UUID

from beanie import Document
from pydantic import Field
from pymongo import IndexModel

from auth.domain.opaque_token import generate_token, hash_token, owner_id
from auth.user.document import User
from common import clock
from common.errors import Unauthenticated
from common.events.auth import LoginFailed, LoginFailedRepeatedly, LoginFailureReason
from common.ids import PLATFORM, new_id
from common.mongo import ClientSession
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX, ttl_index

KEPT_SECONDS = 30 * 24 * 3600
CHALLENGE_LIFETIME = timedelta(minutes=5)
MAX_ATTEMPTS = 5


class FailedLogin(Aggregate):
    """A refused login, stored for the event it causes. What was typed is not stored."""

    at: datetime = Field(default_factory=clock.now)

    class Settings(Aggregate.Settings):
        name = "failed_logins"
        indexes = [ttl_index("at", KEPT_SECONDS), OUTBOX_INDEX]

    @classmethod
    def new(
        cls, organisation_id: UUID | None, user: User | None, reason: LoginFailureReason, *, repeated: int | None = None
    ) -> Self:
        """`organisation_id` is None for an unknown organisation, `user` for an unknown address. `repeated` is the
        number of failures in a row, where the owner must be told."""
        failed = cls(organisation_id=organisation_id or PLATFORM)
        failed.record(LoginFailed(user_id=user.id if user else None, reason=reason), actor=None)
        if user is not None and repeated is not None:
            was_right = reason == "wrong_code"
            repeatedly = LoginFailedRepeatedly(user_id=user.id, failures=repeated, password_was_right=was_right)
            failed.record(repeatedly, actor=None)
        return failed


class InvalidChallenge(Unauthenticated):
    code = "invalid_mfa_token"

    def __init__(self) -> None:
        super().__init__("This login took too long or had too many attempts. Log in again.")


class MfaChallenge(Document):
    """A login whose password was right and whose second factor is missing."""

    id: UUID = Field(default_factory=new_id)  # type: ignore[assignment]  # Beanie types any id as ObjectId
    organisation_id: UUID
    user_id: UUID
    credentials_version: int
    """Of the user when the password was right."""
    token_hash: str
    device: str | None = None
    """The id of the device that the password came from, if it is known."""
    attempts: int = 0
    created_at: datetime
    expires_at: datetime

    class Settings:
        name = "mfa_challenges"
        indexes: ClassVar = [IndexModel("expires_at", expireAfterSeconds=0)]

    @classmethod
    def issue(cls, user: User, device: str | None) -> tuple[str, Self]:
        """The token, which is not stored, and the challenge."""
        now, id_ = clock.now(), new_id()
        token = generate_token(id_)
        challenge = cls(
            id=id_,
            organisation_id=user.organisation_id,
            user_id=user.id,
            credentials_version=user.credentials_version,
            token_hash=hash_token(token),
            device=device,
            created_at=now,
            expires_at=now + CHALLENGE_LIFETIME,
        )
        return token, challenge

    async def use(self, user: User, session: ClientSession) -> None:
        """Deletes it, in the transaction that completes the login. Raises InvalidChallenge where it was used, or where
        the account has changed since."""
        result = await self.get_pymongo_collection().delete_one({"_id": self.id}, session=session)
        if not result.deleted_count or user.credentials_version != self.credentials_version:
            raise InvalidChallenge

    @classmethod
    async def consume_attempt(cls, token: str) -> Self:
        """The challenge of that token, with one attempt less. Raises InvalidChallenge where it is unknown, expired or
        used up."""
        query = {
            "_id": owner_id(token),
            "token_hash": hash_token(token),
            "attempts": {"$lt": MAX_ATTEMPTS},
            "expires_at": {"$gt": clock.now()},
        }
        found = await cls.get_pymongo_collection().find_one_and_update(query, {"$inc": {"attempts": 1}})
        if found is None:
            raise InvalidChallenge
        challenge: Self = cls.model_validate({**found, "id": found["_id"]})
        return challenge
