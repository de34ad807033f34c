"""What crosses the wire about second factors."""

from pydantic import BaseModel

from auth.login.schemas import Code
from auth.user.schemas import Password
from common.http.schemas import Body


class NewFactor(BaseModel):
    """Shown once. `otpauth_uri` is what a QR code for the app holds; `secret` is for typing it in."""

    secret: str
    otpauth_uri: str


class FirstCode(Body):
    """A code of the app that was just set up."""

    code: Code


class Proof(Body):
    """Password and a code: a session that was left open is not enough."""

    password: Password
    code: Code


class RecoveryCodes(BaseModel):
    """Shown once; each works once."""

    recovery_codes: list[str]
