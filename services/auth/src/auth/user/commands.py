"""What can be asked of people's accounts."""

from uuid import UUID

from pymongo.errors import DuplicateKeyError

from auth.organisation.document import Organisation
from auth.passwords import Passwords, require_acceptable
from auth.user.document import User
from auth.user.schemas import SignUp
from common.errors import Conflict
from common.events import Role
from common.mongo import Session


async def register(
    organisation_id: UUID, email: str, name: str, role: Role, password_hash: str, session: Session | None = None
) -> User:
    """A new user. Raises Conflict when the address is taken in that organisation."""
    try:
        return await User.register(organisation_id, email, name, role, password_hash).commit(session)
    except DuplicateKeyError:
        raise Conflict("There is an account with this e-mail address: log in.", code="email_taken") from None


async def sign_up_details(new: SignUp, passwords: Passwords) -> tuple[UUID, str, str]:
    """Organisation, name and password hash of somebody who signs up. Raises Unprocessable, NotFound.

    Apart from `register`, which may run inside a transaction and has no time for hashing.
    """
    password = new.password.get_secret_value()
    require_acceptable(password, new.email)
    organisation = await Organisation.by_slug(new.organisation)
    return organisation.id, new.name or new.email.partition("@")[0], await passwords.hash(password)
