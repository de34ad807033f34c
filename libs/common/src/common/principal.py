"""The caller of a request, as every layer below HTTP knows it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from common.events import STAFF_ROLES, Actor, Role
from common.token_scopes import EVERYTHING


@dataclass(frozen=True)
class Principal:
    """`session_id` is the login session that the token belongs to; `scope` is one of common/token_scopes.py;
    `email_verified` says whether the address was proved when the token was issued."""

    user_id: UUID
    organisation_id: UUID
    role: Role
    session_id: UUID
    name: str
    issued_at: datetime
    scope: str = EVERYTHING
    email_verified: bool = False

    @property
    def actor(self) -> Actor:
        """The actor that events record."""
        return Actor(id=self.user_id, name=self.name, role=self.role)

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF_ROLES


class Identity(Protocol):
    """Turns an access token into a principal. Raises Unauthenticated."""

    async def principal(self, token: str) -> Principal: ...
