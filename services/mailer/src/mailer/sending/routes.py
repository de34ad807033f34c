"""The SMTP server's status over HTTP, for admins."""

from common.http.identity import AdminUser
from common.http.routing import Router
from common.mongo import Database
from mailer.sending.schemas import MailServerView
from mailer.sending.server_status import find_outage


def routes(db: Database) -> Router:
    """The routes below /api/v1."""
    router = Router(prefix="/mail/server", tags=["mail"])

    @router.get("")
    async def get_mail_server(_user: AdminUser) -> MailServerView:
        """Whether the SMTP server takes mail. While it does not, all emails wait and no attempt of them is counted."""
        outage = await find_outage(db)
        if outage is None:
            return MailServerView(available=True, reason=None, since=None, next_attempt_at=None)
        return MailServerView(
            available=False, reason=outage.reason, since=outage.since, next_attempt_at=outage.paused_until
        )

    return router
