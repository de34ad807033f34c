"""The outbox over HTTP, for admins."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import Query

from common.database_clock import DatabaseClock
from common.http.identity import AdminUser
from common.http.paging import Page
from common.http.routing import Router
from mailer.mail import commands, queries
from mailer.mail.document import Mail
from mailer.mail.schemas import FailedMailFilter, MailFilter, MailView, RetriedMails


def routes(mail_due: asyncio.Event, clock: DatabaseClock) -> Router:
    """The routes below /api/v1. `mail_due` wakes the sender of this process."""
    router = Router(prefix="/mail/outbox", tags=["mail"])

    @router.get("")
    async def list_mails(user: AdminUser, wanted: Annotated[MailFilter, Query()]) -> Page[MailView]:
        """The organisation's outgoing emails and their status, newest first."""
        return await queries.list_page(user, wanted)

    @router.get("/{mail_id}")
    async def get_mail(mail_id: UUID, user: AdminUser) -> MailView:
        """One email."""
        return MailView.of(await Mail.load(mail_id, user))

    @router.post("/retry", status_code=202)
    async def retry_failed_mails(wanted: FailedMailFilter, user: AdminUser) -> RetriedMails:
        """Sends failed emails again, each with the same Message-ID. One call is one step of at most `limit` emails:
        repeat it with `cursor` until `next_cursor` is null. A repeated step finds only those that are still failed."""
        result = await commands.retry_failed(wanted, user, clock)
        mail_due.set()
        return result

    @router.post("/{mail_id}/retry", status_code=202)
    async def retry_mail(mail_id: UUID, user: AdminUser) -> MailView:
        """Sends a failed, suppressed or unknown email again at once, with the same Message-ID."""
        mail = await commands.retry(mail_id, user, clock)
        mail_due.set()
        return MailView.of(mail)

    @router.post("/{mail_id}/mark-sent")
    async def mark_mail_sent(mail_id: UUID, user: AdminUser) -> MailView:
        """Marks an unknown email as sent: it arrived, and is not sent again."""
        return MailView.of(await commands.mark_sent(mail_id, user))

    return router
