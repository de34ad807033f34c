"""What can be read of attachments."""

from typing import Any
from uuid import UUID

from common.errors import NotFound
from common.http.paging import ID_ASCENDING, Page, find_page
from common.principal import Principal
from tickets.access import May, may
from tickets.attachments.document import Attachment
from tickets.attachments.schemas import AttachmentView
from tickets.ticket import queries as tickets


def visible_to(user: Principal) -> dict[str, Any]:
    """Of a ticket that the caller sees: what goes with a message they may read, and what they brought themselves."""
    posted: dict[str, Any] = {"state": "posted"}
    if not may(user.role, May.READ_NOTES):
        posted["visibility"] = "public"
    own = {"state": "waiting", "uploader.id": user.user_id}
    return {"organisation_id": user.organisation_id, "$or": [posted, own]}


async def list_oldest_first(
    ticket_id: UUID, user: Principal, *, limit: int, cursor: str | None
) -> Page[AttachmentView]:
    """One page. Raises NotFound."""
    await tickets.get(ticket_id, user)
    query = {"ticket_id": ticket_id, **visible_to(user)}
    attachments = Attachment.get_pymongo_collection()
    return await find_page(attachments, query, AttachmentView, order=ID_ASCENDING, limit=limit, cursor=cursor)


async def get(id_: UUID, user: Principal) -> Attachment:
    """One. Raises NotFound, whether it is not there or not for the caller."""
    found = await Attachment.find_one({"_id": id_, **visible_to(user)})
    if found is None or not await tickets.exists(found.ticket_id, user):
        raise NotFound(f"There is no attachment {id_}.")
    return found
