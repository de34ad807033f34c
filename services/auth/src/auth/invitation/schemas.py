"""Requests and responses about invitations."""

from uuid import UUID

from auth.domain.access import GrantableRole
from auth.user.schemas import PersonName
from common.addresses import EmailAddress
from common.events.auth import Locale
from common.http.schemas import Body, PersonRefView, Time, View


class NewInvitation(Body):
    """The person to invite. `locale` is the language of the email and the user's first setting."""

    email: EmailAddress
    name: PersonName
    role: GrantableRole = "agent"
    locale: Locale = "en"


class InvitationView(View):
    """An open invitation."""

    id: UUID
    email: str
    name: str
    role: GrantableRole
    locale: Locale
    invited_by: PersonRefView
    created_at: Time
    expires_at: Time
    version: int
