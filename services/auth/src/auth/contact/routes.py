"""HTTP routes of contacts."""

from functools import partial

from auth.contact.commands import find_or_create_contact
from auth.contact.schemas import ContactView, NewContact
from common.http.idempotency import IdempotentRequest
from common.http.identity import StaffUser
from common.http.routing import Router
from common.suppressed_addresses import SuppressedAddresses


def routes(suppressed: SuppressedAddresses) -> Router:
    router = Router(prefix="/users/contacts", tags=["users"])

    @router.post("", status_code=201)
    async def create_contact(new: NewContact, user: StaffUser, idempotent: IdempotentRequest) -> ContactView:
        """For agents and admins: the person with this email address, to open tickets for. Creates a contact, who has no
        password and cannot log in, where nobody has the address. Signing up, a password reset or an invitation makes
        the contact a full account, which sees the tickets once the address is confirmed."""
        view = await idempotent.run(new, ContactView, partial(find_or_create_contact, new, user), by=user.user_id)
        view.email_suppression = await suppressed.reason_of(user.organisation_id, view.email)
        return view

    return router
