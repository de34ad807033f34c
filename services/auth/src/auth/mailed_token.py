"""Tokens that travel by mail: they open one thing, once, for a time. Pure."""

from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel

from auth.opaque_token import hashed, is_hash_of, new_token
from common import clock
from common.errors import FieldError, Unprocessable


class MailedToken(BaseModel):
    """What is kept of one: enough to know it again, not enough to make it."""

    hashed: str
    expires_at: datetime

    @classmethod
    def issue(cls, owner: UUID, lifetime: timedelta, **more: Any) -> tuple[str, Self]:
        """The token, for the mail alone, and what is kept of it."""
        token = new_token(owner)
        return token, cls(hashed=hashed(token), expires_at=clock.now() + lifetime, **more)

    def is_opened_by(self, token: str) -> bool:
        """Whether it is that token, and still in time."""
        return is_hash_of(self.hashed, token) and clock.now() < self.expires_at


class LinkOfNoUse(Unprocessable):
    """Used, expired, replaced by a newer one, or never sent: nobody is told which."""

    code = "invalid_token"

    def __init__(self) -> None:
        detail = "This link has been used or has expired: ask for a new one."
        super().__init__(detail, errors=(FieldError("token", detail),))
