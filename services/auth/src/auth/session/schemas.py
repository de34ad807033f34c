"""What crosses the wire about sessions."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from auth.user.schemas import UserView
from common.http.schemas import Time, View


class LoggedIn(BaseModel):
    """An access token for `expires_in` seconds. The refresh token is in a cookie that scripts can not read. Where
    `mfa_setup_required`, the token is good for setting up a second factor only."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - RFC 6750's word
    expires_in: int
    mfa_setup_required: bool = False
    user: UserView


class SessionView(View):
    """A log-in. `last_used_at` is when it was last refreshed; `current` says that it is the one of this call."""

    id: UUID
    started_at: Time
    last_used_at: Time
    expires_at: Time
    ip: str | None
    user_agent: str | None
    current: bool = False
    version: int
