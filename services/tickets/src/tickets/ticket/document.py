"""A ticket as stored, what it may do, and which events that causes."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pymongo import ASCENDING, DESCENDING, IndexModel

from common import clock
from common.errors import Conflict
from common.events import Actor, PersonRef
from common.events.tickets import (
    Channel,
    MessagePosted,
    Priority,
    Reason,
    Status,
    TicketCreated,
    TicketEscalated,
    TicketRef,
    TicketStatusChanged,
    Visibility,
)
from common.ids import new_id
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX
from tickets import workflow
from tickets.conversation.document import Message


class IllegalTransition(Conflict):
    """The workflow has no such way."""

    code = "illegal_transition"

    def __init__(self, before: Status, after: Status) -> None:
        allowed = workflow.allowed(before)
        ways = f"it may become {', '.join(allowed)}" if allowed else "it can not change any more"
        super().__init__(
            f"A ticket that is {before} can not become {after}: {ways}.",
            present=before,
            wanted=after,
            allowed=allowed,
        )


class Ticket(Aggregate):
    """One thing somebody needs help with."""

    number: int
    title: str
    description: str
    requester: PersonRef
    assignee: PersonRef | None = None
    status: Status = "new"
    priority: Priority = "normal"
    category: str | None = None
    tags: list[str] = []
    created_at: datetime
    updated_at: datetime
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    """Since when nobody has to do anything about it: closing it later does not move that."""
    escalated_at: datetime | None = None
    message_count: int = 0
    """Of public ones."""
    last_message_at: datetime | None = None

    class Settings(Aggregate.Settings):
        name = "tickets"
        indexes = [
            IndexModel([("organisation_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("organisation_id", ASCENDING), ("requester.id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("organisation_id", ASCENDING), ("status", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("organisation_id", ASCENDING), ("number", ASCENDING)], unique=True),
            OUTBOX_INDEX,
        ]

    @classmethod
    def open_for(
        cls,
        requester: PersonRef,
        organisation_id: UUID,
        number: int,
        *,
        title: str,
        description: str,
        priority: Priority,
        category: str | None,
        tags: list[str],
        by: Actor,
    ) -> Self:
        """A new ticket."""
        now = clock.now()
        ticket = cls(
            organisation_id=organisation_id,
            number=number,
            title=title,
            description=description,
            requester=requester,
            priority=priority,
            category=category,
            tags=tags,
            created_at=now,
            updated_at=now,
        )
        ticket.record(
            TicketCreated(ticket=ticket.as_ref(), description=description, category=category, tags=tuple(tags)), by
        )
        return ticket

    def as_ref(self) -> TicketRef:
        """What events say of it."""
        return TicketRef(
            id=self.id,
            number=self.number,
            title=self.title,
            requester=self.requester,
            assignee=self.assignee,
            status=self.status,
            priority=self.priority,
        )

    def change_status(
        self, after: Status, by: Actor | None, *, reason: Reason = "asked", message_id: UUID | None = None
    ) -> None:
        """Moves it. The present status is no change and no event. Raises IllegalTransition."""
        before = self.status
        if after == before:
            return
        if not workflow.may_move(before, after):
            raise IllegalTransition(before, after)
        self.status = after
        self.updated_at = clock.now()
        self.resolved_at = None if after in workflow.UNRESOLVED else self.resolved_at or self.updated_at
        moved = TicketStatusChanged(
            ticket=self.as_ref(), before=before, after=after, reason=reason, message_id=message_id
        )
        self.record(moved, by)

    def close_for_inactivity(self) -> None:
        """It was resolved, and nobody said anything for long."""
        if self.status == "resolved":
            self.change_status("closed", None, reason="inactivity")

    def escalate(self) -> None:
        """Nobody resolved it in time. Once in its life, and only while somebody waits; else it stays as it is."""
        if self.escalated_at is None and self.status in workflow.UNRESOLVED:
            self.escalated_at = self.updated_at = self.next_event_time()
            self.record(TicketEscalated(ticket=self.as_ref(), created_at=self.created_at), None)

    def add_message(self, body: str, visibility: Visibility, channel: Channel, by: Actor) -> Message:
        """Somebody writes: the message, for the caller to store, and what it does to the ticket. A customer can not
        tell from a ticket that an internal note was written."""
        if self.status == "merged":
            raise Conflict("This ticket was merged into another: write there.", code="ticket_merged")
        written_at = self.next_event_time()
        message = Message(
            id=new_id(written_at),
            organisation_id=self.organisation_id,
            ticket_id=self.id,
            author=PersonRef(id=by.id, name=by.name),
            visibility=visibility,
            channel=channel,
            body=body,
            created_at=written_at,
        )
        posted = MessagePosted(
            ticket=self.as_ref(),
            message_id=message.id,
            author=message.author,
            visibility=visibility,
            channel=channel,
            body=body,
        )
        self.record(posted, by)
        if visibility == "public":
            staff = by.role in ("agent", "admin")
            self.message_count += 1
            self.last_message_at = self.updated_at = written_at
            if staff and self.first_response_at is None:
                self.first_response_at = written_at
            self.change_status(workflow.after_reply(self.status, by_staff=staff), by, message_id=message.id)
        return message
