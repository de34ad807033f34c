"""What crosses the wire about organisations."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from auth.organisation.document import MOST_CALLS, OrganisationSettings
from auth.user.schemas import Name
from common.events.auth import Locale
from common.http.schemas import Body, Email, Time, View

Slug = Annotated[str, StringConstraints(min_length=2, max_length=40, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class FirstAdmin(Body):
    """Whom to invite as an organisation's first admin."""

    email: Email
    name: Name
    locale: Locale = "en"


class NewOrganisation(Body):
    """`slug` is the short name that people log in with; it stays. `admin` is sent an invitation."""

    slug: Slug
    name: Name
    admin: FirstAdmin | None = None


class OrganisationView(View):
    """An organisation as an operator sees it."""

    id: UUID
    slug: str
    name: str
    created_at: Time
    suspended_at: Time | None
    version: int


class OrganisationState(Body):
    """What an operator may change. Only what is given is changed."""

    name: Name | None = None
    suspended: bool | None = None


class OwnOrganisationView(OrganisationView):
    """An organisation as its admins see it."""

    settings: OrganisationSettings


class RateLimitsChange(Body):
    """Calls in each window: what everybody gets, or more."""

    login_per_ip: int | None = Field(default=None, ge=10, le=MOST_CALLS)
    login_per_email: int | None = Field(default=None, ge=5, le=MOST_CALLS)
    signup_per_ip: int | None = Field(default=None, ge=5, le=MOST_CALLS)
    forgot_password_per_email: int | None = Field(default=None, ge=5, le=MOST_CALLS)


class SettingsChange(Body):
    """Only what is given is changed. `require_mfa` is for agents and admins: whoever of them has no second factor can,
    from the next refresh of their token on, only set one up."""

    require_mfa: bool | None = None
    rate_limits: RateLimitsChange | None = None


class OrganisationChange(Body):
    """What an admin may change. Only what is given is changed."""

    name: Name | None = None
    settings: SettingsChange | None = None
