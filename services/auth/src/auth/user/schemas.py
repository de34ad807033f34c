"""Parts of requests and responses about users."""

import unicodedata
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr, ValidatorFunctionWrapHandler, WrapValidator

from common.events import Role
from common.http.schemas import View
from common.text import OneLine


def require_no_link(name: str) -> str:
    """For names that mails to strangers contain. Raises ValueError."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    if "://" in plain or "www." in plain:
        raise ValueError("Enter a name without a link.")
    return name


PersonName = Annotated[str, OneLine(100), AfterValidator(require_no_link)]
"""The name of a person. It is in mails to addresses that nobody has verified, so it must not advertise a site."""
_MAX_TYPED = 1000


def _as_typed(value: object, validate: ValidatorFunctionWrapHandler) -> SecretStr:
    """In NFC, because keyboards produce different forms of the same characters (Unicode Standard Annex 15). `Body`
    would strip the spaces around it."""
    if isinstance(value, str) and len(value) <= _MAX_TYPED:
        return SecretStr(unicodedata.normalize("NFC", value))
    validated: SecretStr = validate(value)
    return validated


Password = Annotated[SecretStr, Field(max_length=_MAX_TYPED), WrapValidator(_as_typed)]
"""A typed password, in NFC and with the spaces around it. passwords.py defines which new ones are accepted."""
LinkToken = Annotated[SecretStr, Field(max_length=2000)]
"""The secret of a link in a mail, or of a login that waits for a code."""
OrganisationSlug = Annotated[str, Field(max_length=100)]
"""The short name of an organisation, which may not exist."""
EmailSuppression = Annotated[
    str | None,
    Field(description="Why emails are not delivered to the address, as on the suppression list."),
]
Code = Annotated[SecretStr, Field(max_length=100)]
"""A typed TOTP or recovery code."""


class UserView(View):
    """A user as they see themselves after logging in."""

    id: UUID
    email: str
    name: str
    role: Role
    organisation_id: UUID
