"""Requests and responses about contacts."""

from auth.user.schemas import EmailSuppression, PersonName, UserView
from common.addresses import EmailAddress
from common.events.auth import Locale
from common.http.schemas import Body


class NewContact(Body):
    """`name` is by default the local part of the address."""

    email: EmailAddress
    name: PersonName | None = None
    locale: Locale = "en"


class ContactView(UserView):
    """The user with the address: `is_contact` while there is no password."""

    is_contact: bool
    email_verified: bool
    email_suppression: EmailSuppression = None
    version: int
