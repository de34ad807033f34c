"""Queries of conversations."""

from typing import Any
from uuid import UUID

from common.errors import NotFound
from common.http.paging import ID_ASCENDING, Page, PageParameters, find_page
from common.mongo import ClientSession
from common.principal import Principal
from tickets.conversation.document import Message
from tickets.conversation.schemas import MessageView
from tickets.domain.access import Permission, is_allowed
from tickets.ticket.queries import require_visible


async def get(ticket_id: UUID, message_id: UUID, session: ClientSession) -> Message:
    """Raises NotFound."""
    found = await Message.find_one({"_id": message_id, "ticket_id": ticket_id}, session=session)
    if found is None:
        raise NotFound(f"There is no message {message_id} in this ticket.")
    return found


async def list_oldest_first(ticket_id: UUID, user: Principal, page: PageParameters) -> Page[MessageView]:
    """One page, without internal notes for customers. Raises NotFound."""
    await require_visible(ticket_id, user)
    query: dict[str, Any] = {"ticket_id": ticket_id}
    sees_notes = is_allowed(user.role, Permission.ACCESS_NOTES)
    if not sees_notes:
        query["visibility"] = "public"
    messages = Message.get_pymongo_collection()
    found = await find_page(messages, query, MessageView, ID_ASCENDING, page)
    if not sees_notes:
        for message in found.items:
            message.unreachable_mentions = []
    return found
