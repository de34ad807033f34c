"""The outbox over HTTP, for admins."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import Query

from common.http.identity import AdminUser
from common.http.paging import Page
from common.http.routing import Router
from mailer.mail import queries
from mailer.mail.document import Mail
from mailer.mail.schemas import MailFilter, MailView


def routes(mail_due: asyncio.Event) -> Router:
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

    @router.post("/{mail_id}/retry", status_code=202)
    async def retry_mail(mail_id: UUID, user: AdminUser) -> MailView:
        """Sends a failed or suppressed email again, with the same Message-ID."""
        mail = await Mail.modify(mail_id, user, lambda mail: mail.retry(user.actor))
        mail_due.set()
        return MailView.of(mail)

    return router
