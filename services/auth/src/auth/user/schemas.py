"""What crosses the wire about people."""

from typing import Annotated, Self
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, Field, SecretStr, StringConstraints

from auth.user.document import User
from common.events import Role
from common.http.schemas import Body


def _valid_email(typed: str) -> str:
    try:
        # A local part that is not ASCII could sign up, but no mail would reach it.
        validate_email(typed, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    return typed


Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(_valid_email)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Password = Annotated[SecretStr, Field(max_length=1000)]
"""Any length that can be a try; what is accepted for a new one is in passwords.py."""


class SignUp(Body):
    """`name` is taken from the address where it is missing."""

    email: Email
    password: Password
    name: Name | None = None
    organisation: str | None = None


class UserView(BaseModel):
    """A person as they see themselves."""

    id: UUID
    email: str
    name: str
    role: Role
    organisation_id: UUID

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(id=user.id, email=user.email, name=user.name, role=user.role, organisation_id=user.organisation_id)
