"""Requests and responses about organisations."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from auth.organisation.document import MAX_LOOSENING, OrganisationSettings, RateLimits
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


def _limit(name: str) -> Any:
    """The range of the setting of that name."""
    default = getattr(RateLimits(), name)
    return Field(default=None, ge=default, le=MAX_LOOSENING * default)


class RateLimitsChange(Body):
    """Calls per window: the default, or up to ten times as many."""

    login_per_ip: int | None = _limit("login_per_ip")
    login_per_email: int | None = _limit("login_per_email")
    signup_per_ip: int | None = _limit("signup_per_ip")
    forgot_password_per_ip: int | None = _limit("forgot_password_per_ip")
    forgot_password_per_email: int | None = _limit("forgot_password_per_email")


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
