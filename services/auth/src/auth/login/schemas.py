"""What crosses the wire about logging in."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr

from auth.user.schemas import Password
from common.http.schemas import Body, Email

Code = Annotated[SecretStr, Field(max_length=100)]


class LogIn(Body):
    """`organisation` is its short name; the default one where it is missing."""

    email: Email
    password: Password
    organisation: str | None = None


class MfaRequired(BaseModel):
    """The password was right. `mfa_token` and a code finish the log-in, within 5 minutes and 5 tries."""

    mfa_required: Literal[True] = True
    mfa_token: str


class SecondStep(Body):
    """`code` is of the app, or a recovery code."""

    mfa_token: SecretStr
    code: Code
