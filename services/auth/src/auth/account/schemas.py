"""Requests and responses about users' own accounts."""

from auth.user.schemas import LinkToken, OrganisationSlug, Password, PersonName, UserView
from common.addresses import EmailAddress
from common.events.auth import Locale
from common.http.schemas import Body, Time


class SignUp(Body):
    """`name` is by default the local part of the address. `organisation` is a short name, by default the one of the
    default organisation."""

    email: EmailAddress
    password: Password
    name: PersonName | None = None
    organisation: OrganisationSlug | None = None
    locale: Locale = "en"


class ProfileView(UserView):
    """A user as they see themselves. `pending_email` replaces `email` once it is confirmed."""

    locale: Locale
    email_verified: bool
    pending_email: str | None
    mfa_enabled: bool
    created_at: Time
    version: int


class ProfileChange(Body):
    """Omitted fields stay as they are. A new `email` takes effect once it is confirmed."""

    name: PersonName | None = None
    locale: Locale | None = None
    email: EmailAddress | None = None


class PasswordChange(Body):
    """A new password for the user who is logged in."""

    current_password: Password
    new_password: Password


class ForgotPassword(Body):
    """The account that needs a new password."""

    email: EmailAddress
    organisation: OrganisationSlug | None = None


class PasswordReset(Body):
    """`token` comes from the link in the email."""

    token: LinkToken
    password: Password


class EmailVerification(Body):
    """`token` comes from the link in the email. `password` is the account's; a session of the account replaces it."""

    token: LinkToken
    password: Password | None = None


class EmailChangeCancellation(Body):
    """`token` comes from the link in the email to the present address."""

    token: LinkToken
