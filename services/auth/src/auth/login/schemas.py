"""Requests and responses of the login."""

from typing import Literal

from pydantic import BaseModel

from auth.user.schemas import Code, LinkToken, OrganisationSlug, Password
from common.addresses import EmailAddress
from common.http.schemas import Body


class Login(Body):
    """`organisation` is its short name, by default the one of the default organisation."""

    email: EmailAddress
    password: Password
    organisation: OrganisationSlug | None = None


class MfaRequired(BaseModel):
    """The password is right. `mfa_token` and a code complete the login, within 5 minutes and 5 attempts."""

    mfa_required: Literal[True] = True
    mfa_token: str


class MfaLogin(Body):
    """`code` is a TOTP code or a recovery code."""

    mfa_token: LinkToken
    code: Code
