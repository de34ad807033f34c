"""Requests and responses about organisations."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from auth.organisation.document import OrganisationSettings
from auth.user.schemas import PersonName, require_no_link
from common.addresses import EmailAddress
from common.events.auth import Locale
from common.http.schemas import Body, Time, View
from common.text import OneLine

Slug = Annotated[str, StringConstraints(min_length=2, max_length=40, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
OrganisationName = Annotated[str, OneLine(100), AfterValidator(require_no_link)]
"""An invitation contains it, and goes to any address that an admin types."""


class FirstAdmin(Body):
    """The person who is invited as the first admin of an organisation."""

    email: EmailAddress
    name: PersonName
    locale: Locale = "en"


class NewOrganisation(Body):
    """`slug` is the short name that users log in with. It cannot be changed. `admin` receives an invitation."""

    slug: Slug
    name: OrganisationName
    admin: FirstAdmin | None = None


class OrganisationView(View):
    """An organisation as operators see it."""

    id: UUID
    slug: str
    name: str
    created_at: Time
    suspended_at: Time | None
    version: int


class OrganisationChange(Body):
    """The fields that an operator can change. Omitted fields stay as they are."""

    name: OrganisationName | None = None
    suspended: bool | None = None


class OwnOrganisationView(OrganisationView):
    """An organisation as its admins see it."""

    settings: OrganisationSettings


class RateLimitsChange(Body):
    """Calls per window: the default, or up to ten times as many."""

    login_per_ip: int | None = Field(default=None, ge=10, le=100)
    login_per_email: int | None = Field(default=None, ge=5, le=50)
    signup_per_ip: int | None = Field(default=None, ge=5, le=50)
    forgot_password_per_ip: int | None = Field(default=None, ge=20, le=200)
    forgot_password_per_email: int | None = Field(default=None, ge=5, le=50)


class SettingsChange(Body):
    """Omitted fields stay as they are. `require_mfa` applies to agents, admins and operators: from their next token
    refresh on, those without a second factor can only set one up. Without `open_sign_up`, an account needs an
    invitation."""

    require_mfa: bool | None = None
    open_sign_up: bool | None = None
    rate_limits: RateLimitsChange | None = None


class OwnOrganisationChange(Body):
    """The fields that an admin can change. Omitted fields stay as they are."""

    name: OrganisationName | None = None
    settings: SettingsChange | None = None
