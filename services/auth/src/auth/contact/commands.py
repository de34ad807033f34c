"""Commands on contacts."""

from auth.contact.schemas import NewContact
from auth.domain.default_name import default_name
from auth.user.document import User
from auth.user.errors import AccountDeactivated, EmailTaken
from common.errors import Forbidden
from common.mongo import ClientSession
from common.principal import Principal


async def find_or_create_contact(new: NewContact, by: Principal, session: ClientSession | None = None) -> User:
    """The user with that address, or a new contact. Raises AccountDeactivated, EmailReserved."""
    found = await User.find_by_email(by.organisation_id, new.email, session)
    if found is None:
        name = new.name or default_name(new.email)
        contact = User.register(
            by.organisation_id, new.email, name, "customer", None, locale=new.locale, actor=by.actor
        )
        try:
            return await contact.commit(session)
        except EmailTaken:  # another request was faster
            found = await User.find_by_email(by.organisation_id, new.email, session)
            if found is None:
                raise
    if found.role == "operator":
        raise Forbidden("Tickets cannot be opened for this person.")
    if not found.active:
        raise AccountDeactivated
    return found
