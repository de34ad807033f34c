"""What crosses the wire about invitations."""

from uuid import UUID

from pydantic import BaseModel, SecretStr

from auth.access import GrantableRole
from auth.user.schemas import Name, Password
from common.events.auth import Locale
from common.http.schemas import Body, Email, Time, View


class NewInvitation(Body):
    """Whom to ask, and what they will be. `locale` is the language of the mail, and theirs to begin with."""

    email: Email
    name: Name
    role: GrantableRole = "agent"
    locale: Locale = "en"


class Inviter(BaseModel):
    """Who asked."""

    id: UUID
    name: str


class InvitationView(View):
    """An open invitation."""

    id: UUID
    email: str
    name: str
    role: GrantableRole
    locale: Locale
    invited_by: Inviter
    created_at: Time
    expires_at: Time
    version: int


class Acceptance(Body):
    """`token` is what the link in the mail holds. `name` is as the invitation says where it is missing."""

    token: SecretStr
    password: Password
    name: Name | None = None
