"""Parts of requests and responses about users."""

import unicodedata
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr

from common.events import Role
from common.http.schemas import View
from common.text import OneLine


def _require_no_link(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold()
    if "://" in plain or "www." in plain:
        raise ValueError("Enter a name without a link.")
    return name


PersonName = Annotated[str, OneLine(100), AfterValidator(_require_no_link)]
"""The name of a person. It is in mails to addresses that nobody has verified, so it must not advertise a site."""
Password = Annotated[SecretStr, Field(max_length=1000)]
"""A typed password. passwords.py defines which new ones are accepted."""
LinkToken = Annotated[SecretStr, Field(max_length=2000)]
"""The secret of a link in a mail, or of a login that waits for a code."""
OrganisationSlug = Annotated[str, Field(max_length=100)]
"""The short name of an organisation, which may not exist."""
Code = Annotated[SecretStr, Field(max_length=100)]
"""A typed TOTP or recovery code."""


class UserView(View):
    """A user as they see themselves after logging in."""

    id: UUID
    email: str
    name: str
    role: Role
    organisation_id: UUID
