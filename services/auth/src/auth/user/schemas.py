"""Parts of requests and responses about users."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, SecretStr, StringConstraints

from common.events import Role
from common.http.schemas import View

Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Password = Annotated[SecretStr, Field(max_length=1000)]
"""A typed password. passwords.py defines which new ones are accepted."""
Code = Annotated[SecretStr, Field(max_length=100)]
"""A typed TOTP or recovery code."""


class UserView(View):
    """A user as they see themselves after logging in."""

    id: UUID
    email: str
    name: str
    role: Role
    organisation_id: UUID
