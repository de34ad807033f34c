"""What crosses the wire about log-ins."""

from typing import Literal

from pydantic import BaseModel

from auth.user.schemas import Email, Password, UserView
from common.http.schemas import Body


class LogIn(Body):
    """`organisation` is its short name; the default one where it is missing."""

    email: Email
    password: Password
    organisation: str | None = None


class LoggedIn(BaseModel):
    """An access token for `expires_in` seconds. The refresh token is in a cookie that scripts can not read."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - RFC 6750's word
    expires_in: int
    user: UserView
