"""What can be asked of a conversation."""

from dataclasses import dataclass
from uuid import UUID

from common.errors import Forbidden
from common.events.tickets import PersonRef
from common.http.identity import Principal
from common.ids import new_id
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
            message_id = new_id()
            written_at = ticket.add_message(message_id, new.body, new.visibility, "api", by.actor)
            message = Message(
                id=message_id,
                organisation_id=by.organisation_id,
                ticket_id=ticket_id,
                position=ticket.message_count,
                author=PersonRef(id=by.user_id, name=by.name),
                visibility=new.visibility,
                channel="api",
                body=new.body,
                created_at=written_at,
            )
            await message.insert(session=within)
            await ticket.commit(within)
            return message

        return await write(session) if session is not None else await transaction(self.db, write)
