"""What can be asked of a conversation."""

from dataclasses import dataclass
from uuid import UUID

from common.errors import Forbidden
from common.http.identity import Principal
from common.mongo import Database, Session, transaction
from tickets.access import May, may
from tickets.conversation.document import Message
from tickets.conversation.schemas import NewMessage
from tickets.ticket import queries


@dataclass(frozen=True)
class ConversationCommands:
    """A message and what it does to its ticket are two documents: one transaction."""

    db: Database

    async def post(self, ticket_id: UUID, new: NewMessage, by: Principal, session: Session | None = None) -> Message:
        """Adds a reply or a note. Raises NotFound, Forbidden, Conflict."""
        if new.visibility == "internal" and not may(by.role, May.READ_NOTES):
            raise Forbidden("Only agents and admins may write internal notes.")

        async def write(within: Session) -> Message:
            ticket = await queries.get(ticket_id, by, within)
            message = ticket.add_message(new.body, new.visibility, "api", by.actor)
            await message.insert(session=within)
            await ticket.commit(within)
            return message

        return await write(session) if session is not None else await transaction(self.db, write)
