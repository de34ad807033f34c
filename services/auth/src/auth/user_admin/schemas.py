"""Requests and responses about users, for admins."""

from auth.domain.access import GrantableRole
from auth.user.schemas import Name, UserView
from common.events.auth import Locale
from common.http.schemas import Body, Time


class UserDetailView(UserView):
    """A user as admins see them."""

    locale: Locale
    active: bool
    email_verified: bool
    mfa_enabled: bool
    created_at: Time
    last_login_at: Time | None
    version: int


class UserChange(Body):
    """Omitted fields stay as they are."""

    name: Name | None = None
    role: GrantableRole | None = None
    active: bool | None = None
