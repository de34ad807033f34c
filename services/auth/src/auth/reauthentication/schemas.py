"""Requests about reauthentication."""

from auth.user.schemas import Code, Password
from common.http.schemas import Body


class Reauthentication(Body):
    """`code` is a TOTP or recovery code, for users with a second factor."""

    password: Password
    code: Code | None = None
