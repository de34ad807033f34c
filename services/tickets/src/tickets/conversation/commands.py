"""What can be asked of a conversation."""

from dataclasses import dataclass
from uuid import UUID

from common import clock
from common.errors import NotFound
from common.mongo import ClientSession, Database, run_in_transaction
from common.principal import Principal
from tickets import workflow
from tickets.access import May, may, require
from tickets.attachments import commands as attachments
from tickets.conversation import queries
from tickets.conversation.document import Message
from tickets.conversation.mentions import mentioned_in
from tickets.conversation.schemas import NewMessage
from tickets.desk_settings.queries import settings_of
from tickets.numbers import TicketNumbers
from tickets.people import People
from tickets.ticket import queries as tickets
from tickets.ticket.document import Ticket


@dataclass(frozen=True)
class ConversationCommands:
    """A message and what it does to its ticket are two documents: one transaction."""

    db: Database
    people: People
    numbers: TicketNumbers

    async def post(
        self, ticket_id: UUID, new: NewMessage, by: Principal, session: ClientSession | None = None
    ) -> Message:
        """Adds a reply or a note; a customer's reply to a ticket that was closed too long ago goes into a ticket that
        follows it up. Raises NotFound, Forbidden, Unprocessable, Conflict."""
        if new.visibility == "internal":
            require(by.role, May.READ_NOTES)
        called = mentioned_in(new.body) if may(by.role, May.MENTION) else []
        mentions = await self.people.staff(called, by.organisation_id)

        async def write(within: ClientSession) -> Message:
            ticket = await tickets.get(ticket_id, by, within)
            files = await attachments.taken(new.attachment_ids, ticket.id, by, within)
            if not by.is_staff:
                ticket = await self._present_one(ticket, by, within)
            message = ticket.add_message(
                new.body,
                new.visibility,
                "api",
                by.actor,
                mentions=mentions,
                attachments=[file.as_ref() for file in files],
            )
            await message.insert(session=within)
            await attachments.post_with(message, within)
            await ticket.commit(within)
            return message

        return await write(session) if session is not None else await run_in_transaction(self.db, write)

    async def redact(self, ticket_id: UUID, message_id: UUID, by: Principal) -> Message:
        """Blots out what a message says, with its files; once is enough. Raises Forbidden, NotFound."""
        require(by.role, May.REDACT)

        async def write(within: ClientSession) -> Message:
            ticket = await tickets.get(ticket_id, by, within)
            said = await queries.whole(ticket.id, within)
            message = next((each for each in said if each.id == message_id), None)
            if message is None:
                raise NotFound(f"There is no message {message_id} in this ticket.")
            if message.redacted_at is None:
                await attachments.let_go_with(message, within)
                message.redact(clock.now())
                await message.replace(session=within)
                ticket.note_redaction(message, by.actor)
                ticket.learn_words_anew(said)
                await ticket.commit(within)
            return message

        return await run_in_transaction(self.db, write)

    async def _present_one(self, ticket: Ticket, by: Principal, within: ClientSession) -> Ticket:
        """Where a customer's reply to `ticket` belongs: there, or in the ticket that follows it up, or in one that
        follows that."""
        if ticket.status != "closed":
            return ticket
        window = (await settings_of(by.organisation_id, within)).reopen_window
        while workflow.is_over(ticket.status, ticket.closed_at, clock.now(), window):
            follow_up = await Ticket.find_one(
                {**tickets.visible_to(by), **tickets.following_up(ticket.id)}, session=within
            )
            if follow_up is None:
                number = await self.numbers.draw(by.organisation_id)
                return ticket.follow_up(number, by.actor)
            ticket = follow_up
        return ticket
