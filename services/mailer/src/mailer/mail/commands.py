"""Commands on the outbox."""

from uuid import UUID

from common.principal import Principal
from mailer.mail.document import Mail


async def retry(mail_id: UUID, user: Principal) -> Mail:
    """Queues a failed or suppressed mail again. Raises NotFound, Conflict."""
    return await Mail.modify(mail_id, user, lambda mail: mail.retry(user.actor))
