"""What crosses the wire about people."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, SecretStr, StringConstraints

from auth.access import GrantableRole
from common.events import Role
from common.events.auth import Locale
from common.http.schemas import Body, Time, View

Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Password = Annotated[SecretStr, Field(max_length=1000)]
"""Any length that can be a try; what is accepted for a new one is in passwords.py."""


class UserView(View):
    """A person as they see themselves when they log in."""

    id: UUID
    email: str
    name: str
    role: Role
    organisation_id: UUID


class PersonView(UserView):
    """A person as an admin sees them."""

    locale: Locale
    active: bool
    email_verified: bool
    mfa_enabled: bool
    created_at: Time
    last_login_at: Time | None
    version: int


class PersonChange(Body):
    """Only what is given is changed."""

    name: Name | None = None
    role: GrantableRole | None = None
    active: bool | None = None
