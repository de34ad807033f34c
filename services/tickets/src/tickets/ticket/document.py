"""A ticket as stored, what it may do, and which events that causes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from pymongo.errors import DuplicateKeyError

from common import clock
from common.errors import Conflict, Unavailable
from common.events import Actor, Event, FieldChange, PersonRef
from common.events.tickets import (
    AttachmentAdded,
    AttachmentRef,
    Channel,
    MessagePosted,
    MessageRedacted,
    Priority,
    Reason,
    Status,
    TicketAssigned,
    TicketCreated,
    TicketDeleted,
    TicketEdited,
    TicketEscalated,
    TicketRef,
    TicketRestored,
    TicketStatusChanged,
    TicketUnassigned,
    Visibility,
)
from common.ids import new_id
from common.mongo import ClientSession
from common.outbox import Aggregate
from tickets import workflow
from tickets.conversation.document import Message
from tickets.search.words import with_words
from tickets.ticket.indexes import INDEXES

URGENCY: Mapping[Priority, int] = {"low": 0, "normal": 1, "high": 2, "urgent": 3}


class Ticket(Aggregate):
    """One thing somebody needs help with. An internal note changes only what is `unshown`."""

    unversioned_fields: ClassVar = frozenset({"words"})

    number: int
    title: str
    description: str
    requester: PersonRef
    assignee: PersonRef | None = None
    status: Status = "new"
    priority: Priority = "normal"
    urgency: int = URGENCY["normal"]
    """The priority as a number, to sort by."""
    category: str | None = None
    tags: list[str] = []
    follow_up_of: UUID | None = None
    created_at: datetime
    updated_at: datetime
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    """Since when nobody has to do anything about it: closing it later does not move that."""
    closed_at: datetime | None = None
    escalated_at: datetime | None = None
    deleted_at: datetime | None = None
    message_count: int = 0
    """Of public ones."""
    last_message_at: datetime | None = None
    words: list[str] = []
    """What it is found by (`search/words.py`)."""

    class Settings(Aggregate.Settings):
        name = "tickets"
        indexes = INDEXES

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
        tags: Sequence[str],
        by: Actor,
        follow_up_of: UUID | None = None,
    ) -> Self:
        """A new ticket."""
        now = clock.now()
        ticket = cls(
            id=new_id(now),  # lists by time of creation go by the id
            organisation_id=organisation_id,
            number=number,
            title=title,
            description=description,
            requester=requester,
            priority=priority,
            urgency=URGENCY[priority],
            category=category,
            tags=list(tags),
            follow_up_of=follow_up_of,
            created_at=now,
            updated_at=now,
        )
        ticket.learn_words_anew(())
        created = TicketCreated(
            ticket=ticket.as_ref(),
            description=description,
            category=category,
            tags=tuple(tags),
            follow_up_of=follow_up_of,
        )
        ticket.record(created, by)
        return ticket

    async def commit(self, session: ClientSession | None = None) -> Self:
        """As every aggregate. Raises Unavailable where a new one's number is taken: after a failover of MongoDB some
        numbers may be drawn again (`numbers.py`), and the next one is free."""
        try:
            return await super().commit(session)
        except DuplicateKeyError as error:
            if "number" not in (error.details or {}).get("keyPattern", {}):
                raise
            raise Unavailable("The ticket could not be given a number; please try again.") from error

    def follow_up(self, number: int, by: Actor) -> Self:
        """A new ticket about the same matter, for what its requester still has to say after this one is over."""
        return self.open_for(
            self.requester,
            self.organisation_id,
            number,
            title=self.title,
            description=self.description,
            priority=self.priority,
            category=self.category,
            tags=self.tags,
            by=by,
            follow_up_of=self.id,
        )

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

    def edit(self, wanted: Mapping[str, Any], by: Actor) -> Mapping[str, FieldChange]:
        """Gives fields other values, and says which were others before. Raises Conflict."""
        changes = {
            name: FieldChange(before=getattr(self, name), after=value)
            for name, value in wanted.items()
            if getattr(self, name) != value
        }
        if not changes:
            return changes
        self._require_not_merged()
        if self.status == "closed" and changes.keys() & {"title", "description"}:
            raise Conflict("What a closed ticket says can not be changed: reopen it first.", code="ticket_closed")
        for name, change in changes.items():
            setattr(self, name, change.after)
        self.urgency = URGENCY[self.priority]
        self._happened(TicketEdited(ticket=self.as_ref(), changes=changes), by)
        return changes

    def change_status(
        self, after: Status, by: Actor | None, *, reason: Reason = "asked", message_id: UUID | None = None
    ) -> None:
        """Moves it. The present status is no change and no event. Raises IllegalTransition."""
        before = self.status
        if after == before:
            return
        if not workflow.may_move(before, after):
            raise workflow.IllegalTransition(before, after)
        self.status = after
        changed = TicketStatusChanged(
            ticket=self.as_ref(), before=before, after=after, reason=reason, message_id=message_id
        )
        self._happened(changed, by)
        self.resolved_at = None if after in workflow.UNRESOLVED else self.resolved_at or self.updated_at
        self.closed_at = self.updated_at if after == "closed" else None

    def assign(self, to: PersonRef, by: Actor) -> None:
        """Somebody is to answer it; a new ticket is open with that. Raises Conflict."""
        before = self.assignee
        if before is not None and before.id == to.id:
            return
        self._require_not_merged()
        self.assignee = to
        self._happened(TicketAssigned(ticket=self.as_ref(), before=before, after=to), by)
        self.change_status(workflow.after_assignment(self.status), by, reason="assignment")

    def unassign(self, by: Actor) -> None:
        """Nobody in particular is to answer it. Raises Conflict."""
        before = self.assignee
        if before is None:
            return
        self._require_not_merged()
        self.assignee = None
        self._happened(TicketUnassigned(ticket=self.as_ref(), before=before), by)

    def close_for_inactivity(self) -> None:
        """It was resolved, and nobody said anything for long."""
        if self.status == "resolved":
            self.change_status("closed", None, reason="inactivity")

    def escalate(self) -> None:
        """Nobody resolved it in time. Once in its life, and only while somebody waits; else it stays as it is."""
        if self.escalated_at is None and self.status in workflow.UNRESOLVED:
            self._happened(TicketEscalated(ticket=self.as_ref(), created_at=self.created_at), None)
            self.escalated_at = self.updated_at

    def delete_softly(self, by: Actor) -> None:
        """Takes it out of sight."""
        self._happened(TicketDeleted(ticket=self.as_ref()), by)
        self.deleted_at = self.updated_at

    def restore(self, by: Actor) -> None:
        """Brings it back, if it was away."""
        if self.deleted_at is not None:
            self.deleted_at = None
            self._happened(TicketRestored(ticket=self.as_ref()), by)

    def add_message(
        self,
        body: str,
        visibility: Visibility,
        channel: Channel,
        by: Actor,
        *,
        mentions: Sequence[PersonRef] = (),
        attachments: Sequence[AttachmentRef] = (),
    ) -> Message:
        """Somebody writes: the message, for the caller to store, and what it does to the ticket. A customer can not
        tell from a ticket that an internal note was written. Raises Conflict."""
        self._require_not_merged()
        written_at = self.next_event_time()
        message = Message(
            id=new_id(written_at),
            organisation_id=self.organisation_id,
            ticket_id=self.id,
            author=PersonRef(id=by.id, name=by.name),
            visibility=visibility,
            channel=channel,
            body=body,
            mentions=list(mentions),
            attachments=list(attachments),
            created_at=written_at,
        )
        posted = MessagePosted(
            ticket=self.as_ref(),
            message_id=message.id,
            author=message.author,
            visibility=visibility,
            channel=channel,
            body=body,
            attachments=tuple(attachments),
            mentions=tuple(mentions),
        )
        self.record(posted, by)
        for each in attachments:
            self.record(
                AttachmentAdded(ticket=self.as_ref(), attachment=each, visibility=visibility, message_id=message.id),
                by,
            )
        self.words = with_words(self.words, body, internal=visibility == "internal")
        if visibility == "public":
            staff = by.role in ("agent", "admin")
            self.message_count += 1
            self.last_message_at = self.updated_at = written_at
            if staff and self.first_response_at is None:
                self.first_response_at = written_at
            after = workflow.after_reply(self.status, by_staff=staff)
            self.change_status(after, by, reason="reply", message_id=message.id)
        return message

    def note_redaction(self, message: Message, by: Actor) -> None:
        """One of its messages was blotted out."""
        redacted = MessageRedacted(ticket=self.as_ref(), message_id=message.id, visibility=message.visibility)
        self.record(redacted, by)

    def learn_words_anew(self, said: Iterable[Message]) -> None:
        """From what it says now and these, all of its messages."""
        words = with_words((), f"{self.number} {self.title} {self.description}")
        for message in said:
            words = with_words(words, message.body, internal=message.visibility == "internal")
        self.words = words

    def _happened(self, event: Event, by: Actor | None) -> None:
        self.updated_at = self.record(event, by).time

    def _require_not_merged(self) -> None:
        if self.status == "merged":
            raise Conflict("This ticket was merged into another: go on there.", code="ticket_merged")
