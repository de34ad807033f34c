"""Changes of the suppression list."""

from uuid import UUID

from common.events import PersonRef
from common.mongo import ClientSession
from common.principal import Principal
from common.suppressed_addresses import MISSING_MAILBOX
from mailer.mail.document import Mail
from mailer.suppression.document import Suppression
from mailer.suppression.schemas import NewSuppression


async def add(new: NewSuppression, user: Principal, session: ClientSession | None) -> Suppression:
    """Raises Conflict if the address is on the list already."""
    return await Suppression.modify(
        Suppression.id_of(user.organisation_id, new.email),
        user.organisation_id,  # removed entries too
        lambda suppression: suppression.add(
            new.email, new.reason, user.actor, includes_security_emails=new.includes_security_emails
        ),
        session=session,
        initial=lambda: Suppression.initial(
            user.organisation_id, new.email, PersonRef(id=user.user_id, name=user.name)
        ),
    )


async def add_missing_mailbox(mail: Mail) -> None:
    """Suppresses the address of a mail that the server refused because there is no such mailbox."""
    email = mail.recipient.email

    def add_once(suppression: Suppression) -> None:
        if not suppression.active:
            suppression.add(email, MISSING_MAILBOX, None)

    await Suppression.modify(
        Suppression.id_of(mail.organisation_id, email),
        mail.organisation_id,
        add_once,
        initial=lambda: Suppression.initial(mail.organisation_id, email, None),
    )


async def remove(suppression_id: UUID, user: Principal, *, if_match: int | None) -> None:
    """Raises NotFound, PreconditionFailed."""
    await Suppression.modify(
        suppression_id, user, lambda suppression: suppression.remove(user.actor), expected=if_match
    )
