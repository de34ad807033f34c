"""Commands on conversations. A message and its ticket are two documents, written in one transaction."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from common import clock
from common.errors import Conflict
from common.events import PersonRef
from common.ids import new_id
from common.mentions import find_mentions
from common.mongo import ClientSession, Database, run_in_transaction
from common.principal import Principal
from tickets.attachments import commands as attachments
from tickets.conversation import queries
from tickets.conversation.document import Message
from tickets.conversation.schemas import NewMessage
from tickets.desk_settings.queries import settings_of
from tickets.domain import workflow
from tickets.domain.access import Permission, is_allowed, require_permission
from tickets.domain.thanks import is_only_thanks
from tickets.numbers import TicketNumbers
from tickets.people import People
from tickets.ticket.document import Ticket
from tickets.ticket.queries import follow_ups_of

MAX_FOLLOW_UPS = 20
"""How many follow-ups of each other are searched for the one that a reply goes into."""


@dataclass(frozen=True)
class ConversationCommands:
    db: Database
    people: People
    numbers: TicketNumbers

    async def post(
        self,
        ticket_id: UUID,
        new: NewMessage,
        by: Principal,
        limit_follow_up: Callable[[Ticket], Awaitable[None]],
        session: ClientSession | None = None,
    ) -> Message:
        """Adds a reply or a note. A customer's reply after the reopen window goes into a follow-up ticket, unless it
        only says thank you. `limit_follow_up` is called with the ticket that is about to be copied into a new one. It
        may be called more than once. Raises NotFound, Forbidden, Unprocessable, Conflict."""
        if new.visibility == "internal":
            require_permission(by.role, Permission.ACCESS_NOTES)
        mentioned = find_mentions(new.body) if is_allowed(by.role, Permission.MENTION) else []
        mentions, unreachable = await self.people.split_by_reach(mentioned, by.organisation_id)

        async def write(within: ClientSession) -> Message:
            # Not `Ticket.modify`: the reply may belong to another ticket, or open one.
            ticket = await Ticket.load(ticket_id, by, within)
            files = await attachments.require_pending(new.attachment_ids, ticket.id, by, within)
            is_thanks = not by.is_staff and await _leaves_resolved(ticket, new, within)
            if not by.is_staff and not is_thanks:
                ticket = await self._reply_target(ticket, by, limit_follow_up, within)
            posted_at = ticket.next_event_time()
            message = Message(
                id=new_id(posted_at),
                organisation_id=ticket.organisation_id,
                ticket_id=ticket.id,
                author=PersonRef(id=by.user_id, name=by.name),
                from_staff=by.is_staff,
                visibility=new.visibility,
                channel="api",
                body=new.body,
                mentions=mentions,
                # The requester is notified of a public reply, mentioned or not.
                unreachable_mentions=[
                    person for person in unreachable if new.visibility == "internal" or person.id != ticket.requester.id
                ],
                attachments=[file.as_ref() for file in files],
                created_at=posted_at,
            )
            follow_up_of = ticket.follow_up_of if ticket.version == 0 else None
            event = message.as_event(ticket.as_ref(), follow_up_of=follow_up_of, is_only_thanks=is_thanks)
            ticket.add_message(event, posted_at, by.actor)
            await message.insert(session=within)
            await attachments.attach(files, ticket.id, message.id, message.visibility, within)
            await ticket.commit(within)
            return message

        return await write(session) if session is not None else await run_in_transaction(self.db, write)

    async def redact(self, ticket_id: UUID, message_id: UUID, by: Principal) -> Message:
        """Removes a message's text and files; repeating it changes nothing. Raises Forbidden, NotFound."""
        require_permission(by.role, Permission.REDACT)

        async def apply(ticket: Ticket, session: ClientSession) -> Message:
            message = await queries.get(ticket.id, message_id, session)
            if message.redacted_at is None:
                ticket.redact_message(message.id, message.visibility, message.body, by.actor)
                message.redact(clock.now())
                await message.replace(session=session)
                await attachments.delete_of_message(ticket.id, message.id, session)
            return message

        return await Ticket.modify_in_transaction(ticket_id, by, apply)

    async def _reply_target(
        self,
        ticket: Ticket,
        by: Principal,
        limit_follow_up: Callable[[Ticket], Awaitable[None]],
        within: ClientSession,
    ) -> Ticket:
        """The ticket itself or, after the reopen window, the last of its follow-ups, which may be a new one."""
        if ticket.status != "closed":
            return ticket
        window = (await settings_of(by.organisation_id, within)).reopen_window
        for _ in range(MAX_FOLLOW_UPS):
            if not workflow.is_reopen_window_over(ticket.status, ticket.closed_at, clock.now(), window):
                return ticket
            follow_up = await Ticket.find_one({**Ticket.visible_to(by), **follow_ups_of(ticket.id)}, session=within)
            if follow_up is None:
                await limit_follow_up(ticket)
                return ticket.follow_up(await self.numbers.allocate(by.organisation_id), by.actor)
            ticket = follow_up
        raise Conflict("This ticket has too many follow-ups. Reply to the latest one.", code="too_many_follow_ups")


async def _leaves_resolved(ticket: Ticket, reply: NewMessage, within: ClientSession) -> bool:
    """Whether a customer's reply to a resolved or closed ticket only says thank you."""
    if reply.attachment_ids or not workflow.may_stay_resolved(ticket.status, ticket.resolved_at, clock.now()):
        return False
    names = [person.name for person in (ticket.requester, ticket.assignee) if person is not None]
    if not is_only_thanks(reply.body, names):
        return False
    return (await settings_of(ticket.organisation_id, within)).stay_resolved_after_thanks
