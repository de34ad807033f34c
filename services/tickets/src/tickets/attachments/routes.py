"""Attachments over HTTP."""

from uuid import UUID

from fastapi import Request
from fastapi.responses import Response

from common.http.idempotency import IdempotentRequest
from common.http.identity import CurrentUser
from common.http.paging import Page, PageQuery
from common.http.routing import Router
from tickets.attachments import queries
from tickets.attachments.commands import UPLOAD_TIMEOUT, AttachmentCommands
from tickets.attachments.download import download
from tickets.attachments.quotas import UploadQuotas
from tickets.attachments.schemas import DOWNLOAD, UPLOAD, AttachmentView
from tickets.attachments.storage import Storage
from tickets.attachments.upload import IncomingFile, incoming_file


def routes(commands: AttachmentCommands, storage: Storage, quotas: UploadQuotas, *, idle_seconds: float) -> Router:
    router = Router(tags=["attachments"])

    @router.post("/tickets/{ticket_id}/attachments", status_code=201, openapi_extra=UPLOAD)
    async def add_attachment(
        ticket_id: UUID, user: CurrentUser, request: Request, idempotent: IdempotentRequest
    ) -> AttachmentView:
        """Uploads one file of up to 25 MB, as the form field `file`. A message attaches it by naming it in
        `attachment_ids` within a day; until then only its uploader sees it."""
        reserved = await commands.reserve(ticket_id, user, idempotent)

        async def receive() -> IncomingFile:
            # Whatever can be refused without the body is refused before it is read.
            await quotas.reserve(request, user)
            ends_at = reserved.created_at + UPLOAD_TIMEOUT
            return await incoming_file(request, idle_seconds=idle_seconds, ends_at=ends_at)

        return await commands.store(reserved, receive, user, idempotent)

    @router.get("/tickets/{ticket_id}/attachments")
    async def list_attachments(ticket_id: UUID, user: CurrentUser, page: PageQuery) -> Page[AttachmentView]:
        """Lists the files of all messages that the caller may read, oldest first."""
        return await queries.list_oldest_first(ticket_id, user, page)

    @router.get("/attachments/{attachment_id}", response_class=Response, responses=DOWNLOAD)
    async def download_attachment(attachment_id: UUID, user: CurrentUser) -> Response:
        """Downloads the content."""
        attachment = await queries.get(attachment_id, user)
        return await download(attachment, storage)

    return router
