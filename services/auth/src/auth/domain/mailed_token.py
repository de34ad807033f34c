"""Single-use tokens that are sent in the links of emails."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Self, TypeVar
from uuid import UUID

from pydantic import BaseModel

from auth.domain.opaque_token import generate_token, hash_token, matches_hash
from common import clock
from common.errors import FieldError, NotFound, Unprocessable


class InvalidLink(Unprocessable):
    """Used, expired, replaced by a newer link, or never sent. The response does not say which."""

    code = "invalid_token"

    def __init__(self) -> None:
        detail = "This link has been used or has expired. Request a new one."
        super().__init__(detail, errors=(FieldError("token", detail),))


class MailedToken(BaseModel):
    """What is stored of a token: enough to verify it, not enough to reconstruct it."""

    token_hash: str
    expires_at: datetime

    @classmethod
    def issue(cls, owner: UUID, lifetime: timedelta, **fields: Any) -> tuple[str, Self]:
        """The token, for the email alone, and what is stored of it."""
        token = generate_token(owner)
        return token, cls(token_hash=hash_token(token), expires_at=clock.now() + lifetime, **fields)


M = TypeVar("M", bound=MailedToken)


def require_valid(stored: M | None, token: str) -> M:
    """What is stored of the token. Raises InvalidLink for another token and for an expired one."""
    if stored is None or not matches_hash(token, stored.token_hash) or clock.now() >= stored.expires_at:
        raise InvalidLink
    return stored


@contextmanager
def reject_unknown_link() -> Iterator[None]:
    """Raises InvalidLink where the token belongs to no document."""
    try:
        yield
    except NotFound:
        raise InvalidLink from None
