"""Responses about sessions."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from auth.user.schemas import UserView
from common.http.schemas import Time, View


class TokenResponse(BaseModel):
    """An access token, valid for `expires_in` seconds. The refresh token is in a cookie that scripts cannot read. With
    `mfa_setup_required`, the token is only valid for setting up a second factor. `storage_key` (32 bytes, base64url) is
    always the same for the user: a browser encrypts with it what it stores for them, and does not store the key."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - RFC 6750's word
    expires_in: int
    mfa_setup_required: bool = False
    user: UserView
    storage_key: str


class SessionView(View):
    """A session. `last_used_at` is the time of the last refresh; `current` marks the session of this request."""

    id: UUID
    started_at: Time
    last_used_at: Time
    expires_at: Time
    ip: str | None
    user_agent: str | None
    current: bool = False
    version: int
