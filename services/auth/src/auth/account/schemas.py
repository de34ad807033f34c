"""What crosses the wire about one's own account."""

from pydantic import SecretStr

from auth.user.schemas import Name, Password, UserView
from common.events.auth import Locale
from common.http.schemas import Body, Email, Time


class SignUp(Body):
    """`name` is taken from the address where it is missing; `organisation` is a short name, by default the default
    one."""

    email: Email
    password: Password
    name: Name | None = None
    organisation: str | None = None
    locale: Locale = "en"


class ProfileView(UserView):
    """A person as they see themselves. `pending_email` becomes `email` when its link is followed."""

    locale: Locale
    email_verified: bool
    pending_email: str | None
    mfa_enabled: bool
    created_at: Time
    version: int


class ProfileChange(Body):
    """Only what is given is changed. Another `email` needs `current_password`, and counts once it is proved."""

    name: Name | None = None
    locale: Locale | None = None
    email: Email | None = None
    current_password: Password | None = None


class PasswordChange(Body):
    """For somebody who is logged in."""

    current_password: Password
    new_password: Password


class ForgotPassword(Body):
    """Whose password is to be set anew."""

    email: Email
    organisation: str | None = None


class PasswordResetting(Body):
    """`token` is what the link in the mail holds."""

    token: SecretStr
    password: Password


class EmailProof(Body):
    """`token` is what the link in the mail holds."""

    token: SecretStr
