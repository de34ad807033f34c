"""Queries of attachments."""

from typing import Any
from uuid import UUID

from common.errors import NotFound
from common.http.paging import ID_ASCENDING, Page, PageParameters, find_page
from common.principal import Principal
from tickets.attachments.document import Attachment
from tickets.attachments.schemas import AttachmentView
from tickets.domain.access import Permission, is_allowed
from tickets.ticket.queries import is_visible, require_visible


def visible_to(user: Principal) -> dict[str, Any]:
    """Of a ticket that the caller sees: the files of messages they may read, and their own pending files."""
    attached: dict[str, Any] = {"state": "attached"}
    if not is_allowed(user.role, Permission.ACCESS_NOTES):
        attached["visibility"] = "public"
    own = {"state": "pending", "uploader.id": user.user_id}
    return {"organisation_id": user.organisation_id, "$or": [attached, own]}


async def list_oldest_first(ticket_id: UUID, user: Principal, page: PageParameters) -> Page[AttachmentView]:
    """One page. Raises NotFound."""
    await require_visible(ticket_id, user)
    query = {"ticket_id": ticket_id, **visible_to(user)}
    attachments = Attachment.get_pymongo_collection()
    return await find_page(attachments, query, AttachmentView, ID_ASCENDING, page)


async def get(id_: UUID, user: Principal) -> Attachment:
    """Raises NotFound."""
    found = await Attachment.find_one({"_id": id_, **visible_to(user)})
    if found is None or not await is_visible(found.ticket_id, user):
        raise NotFound(f"There is no attachment {id_}.")
    return found
