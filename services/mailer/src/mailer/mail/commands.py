"""What admins do with emails that were not sent, or may not have been."""

from dataclasses import dataclass
from uuid import UUID

from common.database_clock import DatabaseClock
from common.errors import Conflict
from common.principal import Principal
from mailer.mail import queries
from mailer.mail.document import Mail
from mailer.mail.schemas import FailedMailFilter, MailFilter, RetriedMails


@dataclass(frozen=True)
class _Retry:
    """Queues a mail again. Raises Conflict, with `only_failed` also for a mail that is not failed any more."""

    user: Principal
    clock: DatabaseClock
    only_failed: bool = False

    async def __call__(self, mail: Mail) -> None:
        if self.only_failed and mail.status != "failed":
            raise Conflict(f"This email is {mail.status}, no longer failed.")
        mail.retry(self.user.actor, await self.clock.now())


async def retry(mail_id: UUID, user: Principal, clock: DatabaseClock) -> Mail:
    """Raises NotFound, Conflict."""
    return await Mail.modify(mail_id, user, _Retry(user, clock))


async def retry_failed(wanted: FailedMailFilter, user: Principal, clock: DatabaseClock) -> RetriedMails:
    """One page of the failed mails, newest first."""
    page = await queries.list_page(user, MailFilter(status="failed", **wanted.model_dump()))
    retried = 0
    for mail in page.items:
        try:
            await Mail.modify(mail.id, user, _Retry(user, clock, only_failed=True))
            retried += 1
        except Conflict:  # its link has expired, or somebody else was faster
            continue
    return RetriedMails(retried=retried, skipped=len(page.items) - retried, next_cursor=page.next_cursor)


async def mark_sent(mail_id: UUID, user: Principal) -> Mail:
    """Raises NotFound, Conflict."""
    return await Mail.modify(mail_id, user, lambda mail: mail.mark_sent_by(user.actor))
