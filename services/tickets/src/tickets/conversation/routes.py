"""Conversations over HTTP."""

from functools import partial
from uuid import UUID

from fastapi import Request

from common.http.idempotency import IdempotentRequest
from common.http.identity import CurrentUser
from common.http.paging import Page, PageQuery
from common.http.routing import Router
from tickets.conversation import queries
from tickets.conversation.commands import ConversationCommands
from tickets.conversation.schemas import MessageView, NewMessage
from tickets.ticket.document import Ticket
from tickets.ticket.limits import TextQuota, enforce_creation_limits, enforce_message_limit


def routes(commands: ConversationCommands, texts: TextQuota) -> Router:
    router = Router(prefix="/tickets/{ticket_id}/messages", tags=["conversation"])

    @router.post("", status_code=201)
    async def post_message(
        ticket_id: UUID, new: NewMessage, user: CurrentUser, request: Request, idempotent: IdempotentRequest
    ) -> MessageView:
        """Adds a public reply or, by agents and admins, an internal note."""

        async def enforce_limits() -> None:
            await enforce_message_limit(request, ticket_id, user)
            await texts.reserve(request, user, new.body)

        counted: set[UUID] = set()

        async def limit_follow_up(closed: Ticket) -> None:
            if closed.id not in counted:
                counted.add(closed.id)  # a transaction may run again
                await enforce_creation_limits(request, user)
                await texts.reserve(request, user, closed.description)

        return await idempotent.run(
            new,
            MessageView,
            partial(commands.post, ticket_id, new, user, limit_follow_up),
            by=user.user_id,
            limit=enforce_limits,
        )

    @router.get("")
    async def list_messages(ticket_id: UUID, user: CurrentUser, page: PageQuery) -> Page[MessageView]:
        """Lists the messages that the caller may read, oldest first."""
        return await queries.list_oldest_first(ticket_id, user, page)

    @router.post("/{message_id}/redact")
    async def redact_message(ticket_id: UUID, message_id: UUID, user: CurrentUser) -> MessageView:
        """For admins: permanently removes the text and the files of a message."""
        return MessageView.of(await commands.redact(ticket_id, message_id, user))

    return router
