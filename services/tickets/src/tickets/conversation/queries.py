"""What can be read of a conversation."""

from typing import Any
from uuid import UUID

from common.http.paging import ID_ASCENDING, Page, find_page
from common.mongo import ClientSession
from common.principal import Principal
from tickets.access import May, may
from tickets.conversation.document import Message
from tickets.conversation.schemas import MessageView
from tickets.ticket import queries as tickets


async def whole(ticket_id: UUID, session: ClientSession | None = None) -> list[Message]:
    """All that was ever said about a ticket, notes included: for what is made of it, never for a caller."""
    return await Message.find({"ticket_id": ticket_id}, session=session).to_list()


async def list_oldest_first(ticket_id: UUID, user: Principal, *, limit: int, cursor: str | None) -> Page[MessageView]:
    """One page of what the caller may read; for a customer internal notes do not exist. Raises NotFound."""
    await tickets.get(ticket_id, user)
    query: dict[str, Any] = {"ticket_id": ticket_id}
    if not may(user.role, May.READ_NOTES):
        query["visibility"] = "public"
    messages = Message.get_pymongo_collection()
    return await find_page(messages, query, MessageView, order=ID_ASCENDING, limit=limit, cursor=cursor)
