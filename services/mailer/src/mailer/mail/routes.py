"""The mail outbox over HTTP, for admins."""

from uuid import UUID

from common.http.identity import AdminUser
from common.http.paging import CursorParameter, Limit, Page
from common.http.routing import Router
from mailer.mail import queries
from mailer.mail.commands import Queue
from mailer.mail.schemas import MailView, WantedMails


def routes(queue: Queue) -> Router:
    """Below /api/v1."""
    router = Router(prefix="/mail/outbox", tags=["mail"])

    @router.get("")
    async def list_mails(
        user: AdminUser, wanted: WantedMails, limit: Limit = 20, cursor: CursorParameter = None
    ) -> Page[MailView]:
        """The organisation's mails and what became of them, newest first."""
        return await queries.list_newest_first(user, wanted, limit=limit, cursor=cursor)

    @router.get("/{mail_id}")
    async def get_mail(mail_id: UUID, user: AdminUser) -> MailView:
        """One mail."""
        mail = await queries.get(mail_id, user)
        return MailView.of(mail)

    @router.post("/{mail_id}/retry", status_code=202)
    async def retry_mail(mail_id: UUID, user: AdminUser) -> MailView:
        """Has a mail sent again that failed or was suppressed. It stays the same mail, with the same Message-ID."""
        mail = await queue.retry(mail_id, user)
        return MailView.of(mail)

    return router
