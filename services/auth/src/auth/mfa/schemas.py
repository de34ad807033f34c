"""Requests and responses about second factors."""

from pydantic import BaseModel

from auth.user.schemas import Code
from common.http.schemas import Body


class TotpSetup(BaseModel):
    """Shown once. `otpauth_uri` is the content of a QR code for the app; `secret` is for typing it in."""

    secret: str
    otpauth_uri: str


class TotpConfirmation(Body):
    """A code of the app that is being set up."""

    code: Code


class RecoveryCodes(BaseModel):
    """Shown once. Each code is valid once."""

    recovery_codes: list[str]
