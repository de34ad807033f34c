"""Requests and responses about users, for admins."""

from typing import Annotated

from pydantic import Field

from auth.domain.access import GrantableRole
from auth.user.schemas import EmailSuppression, PersonName, UserView
from common.events.auth import Locale
from common.http.paging import PageParameters
from common.http.schemas import Body, NamePrefix, Time

SearchText = Annotated[NamePrefix | None, Field(description="A prefix of a name or an email address.")]

FailedLogins = Annotated[
    int, Field(description="Those that count towards a limit of logins. `POST /users/{user_id}/unlock` forgets them.")
]


class UserDetailView(UserView):
    """A user as admins see them."""

    locale: Locale
    active: bool
    email_verified: bool
    is_contact: bool
    mfa_enabled: bool
    created_at: Time
    last_login_at: Time | None
    failed_logins: FailedLogins = 0
    email_suppression: EmailSuppression = None
    version: int


class UserFilter(PageParameters):
    """The users to list. `text` is a prefix of the name, of a word in it, of the email address or of its domain."""

    role: GrantableRole | None = None
    active: bool | None = None
    text: SearchText = None


class UserChange(Body):
    """Omitted fields stay as they are."""

    name: PersonName | None = None
    role: GrantableRole | None = None
    active: bool | None = None
