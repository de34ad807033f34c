"""A user as stored, and what others are told of them."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field
from pymongo import ASCENDING, IndexModel

from common import clock
from common.events import Actor, Role
from common.events.auth import Locale, Person, UserRegistered
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX


def email_key(email: str) -> str:
    """What makes two addresses the same: their letters, whatever the case."""
    return email.strip().casefold()


class User(Aggregate):
    """A person in one organisation. `email` is kept as typed, `email_key` is compared."""

    email: str
    email_key: str
    name: str
    role: Role
    locale: Locale = "en"
    active: bool = True
    password_hash: str
    created_at: datetime = Field(default_factory=clock.now)

    class Settings(Aggregate.Settings):
        name = "users"
        indexes = [
            IndexModel([("organisation_id", ASCENDING), ("email_key", ASCENDING)], unique=True),
            OUTBOX_INDEX,
        ]

    @classmethod
    def register(cls, organisation_id: UUID, email: str, name: str, role: Role, password_hash: str) -> Self:
        """A new person; in the events they did it themselves."""
        user = cls(
            organisation_id=organisation_id,
            email=email.strip(),
            email_key=email_key(email),
            name=name,
            role=role,
            password_hash=password_hash,
        )
        user.record(UserRegistered(person=user.as_person()), actor=user.as_actor())
        return user

    @classmethod
    async def by_email(cls, organisation_id: UUID, email: str) -> Self | None:
        """Whoever has that address there."""
        return await cls.find_one({"organisation_id": organisation_id, "email_key": email_key(email)})

    def as_person(self) -> Person:
        """What other services keep of them."""
        return Person(
            id=self.id, email=self.email, name=self.name, role=self.role, locale=self.locale, active=self.active
        )

    def as_actor(self) -> Actor:
        """As the one who did something."""
        return Actor(id=self.id, name=self.name, role=self.role)
