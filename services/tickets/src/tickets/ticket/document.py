"""The stored ticket, its commands and the events that they record."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from pymongo.errors import DuplicateKeyError

from common import clock
from common.errors import Conflict, Unavailable
from common.events import STAFF_ROLES, Actor, Envelope, Event, PersonRef, changed_fields
from common.events import tickets as events
from common.events.tickets import Priority, Reason, Status, UnassignmentReason, Visibility
from common.ids import new_id
from common.mongo import ClientSession
from common.outbox import Aggregate
from common.principal import Principal
from tickets.domain import workflow
from tickets.domain.access import Permission, is_allowed
from tickets.domain.search_terms import SearchTerms
from tickets.domain.ticket_fields import TicketFields
from tickets.domain.waiting_time import Wait
from tickets.ticket.indexes import INDEXES

URGENCY: Mapping[Priority, int] = {"low": 0, "normal": 1, "high": 2, "urgent": 3}


def urgencies_of(priorities: Iterable[Priority]) -> list[int]:
    return [URGENCY[priority] for priority in priorities]


class Ticket(Aggregate, TicketFields):
    """A request for help. An internal note changes nothing but `unversioned_fields`."""

    unversioned_fields: ClassVar = frozenset({"search_terms", "repeated_terms"})
    cleared_by_commit: ClassVar = frozenset({"position"})

    number: int
    requester: PersonRef
    assignee: PersonRef | None = None
    status: Status = "new"
    urgency: int = URGENCY["normal"]
    """The priority as a number, to sort by."""
    follow_up_of: UUID | None = None
    created_at: datetime
    updated_at: datetime
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    """When the ticket became resolved or closed; closing a resolved ticket keeps it."""
    closed_at: datetime | None = None
    opened_by_requester: bool = True
    wait: Wait = Wait()
    """Derived from the events (`waiting_time.fold`)."""
    escalated_at: datetime | None = None
    """When the current or last wait was escalated."""
    deleted_at: datetime | None = None
    message_count: int = 0
    """Public messages only."""
    last_message_at: datetime | None = None
    search_terms: list[str] = []
    repeated_terms: dict[str, int] = {}
    """`SearchTerms.repeats` of `search_terms`."""
    position: int | None = None
    """Of the last change among those of the organisation, in commit order (docs/decisions/0049). Null until the change
    has one."""

    class Settings(Aggregate.Settings):
        name = "tickets"
        indexes = INDEXES

    @classmethod
    def visible_to(cls, by: Principal, *, deleted: bool | None = False) -> dict[str, Any]:
        """Customers see their own tickets, staff see all. A customer whose address is not proved sees only those that
        they opened themselves. `deleted` selects deleted tickets, or both (None)."""
        visible = super().visible_to(by)
        if deleted is not None:
            visible["deleted_at"] = {"$type": "date"} if deleted else None
        if not is_allowed(by.role, Permission.SEE_ALL):
            visible["requester.id"] = by.user_id
            if not by.email_verified:
                # Staff opened the others for whoever owns the address, who may be somebody else.
                visible["opened_by_requester"] = True
        return visible

    @classmethod
    def open_for(
        cls,
        requester: PersonRef,
        organisation_id: UUID,
        number: int,
        fields: TicketFields,
        by: Actor,
        *,
        follows: Self | None = None,
    ) -> Self:
        """A new ticket. One that `follows` another is the requester's own where the other was."""
        now = clock.now()
        editable = fields.editable()
        follow_up_of = follows.id if follows else None
        ticket = cls(
            id=new_id(now),  # lists in order of creation sort by id
            organisation_id=organisation_id,
            number=number,
            requester=requester,
            opened_by_requester=follows.opened_by_requester if follows else by.id == requester.id,
            urgency=URGENCY[fields.priority],
            follow_up_of=follow_up_of,
            created_at=now,
            updated_at=now,
            **editable,
        )
        ticket._set_terms(SearchTerms([]).with_ticket_text(ticket._own_text))
        ticket.record(events.TicketCreated(**editable, ticket=ticket.as_ref(), follow_up_of=follow_up_of), by)
        return ticket

    async def commit(self, session: ClientSession | None = None) -> Self:
        """As `Aggregate.commit`. Raises Unavailable where the number of a new ticket is taken: after a failover of
        MongoDB some numbers are allocated again (`numbers.py`), and a later one is free."""
        try:
            return await super().commit(session)
        except DuplicateKeyError as error:
            if "number" not in (error.details or {}).get("keyPattern", {}):
                raise
            raise Unavailable("The ticket could not be numbered. Try again.") from error

    def follow_up(self, number: int, by: Actor) -> Self:
        """A new ticket that continues this closed one."""
        return self.open_for(self.requester, self.organisation_id, number, self, by, follows=self)

    def as_ref(self) -> events.TicketRef:
        return events.TicketRef.model_validate(self, from_attributes=True)

    def edit(self, values: Mapping[str, Any], by: Actor) -> None:
        """Sets editable fields. Raises Conflict."""
        changes = changed_fields(self.editable(), values)
        if not changes:
            return
        self._require_not_merged()
        is_text_changed = not changes.keys().isdisjoint({"title", "description"})
        if self.status == "closed" and is_text_changed:
            raise Conflict("The text of a closed ticket cannot be edited. Reopen it first.", code="ticket_closed")
        for name, change in changes.items():
            setattr(self, name, change.after)
        self.urgency = URGENCY[self.priority]
        if is_text_changed:
            self._set_terms(self._terms.with_ticket_text(self._own_text))
        self._record_update(events.TicketEdited(ticket=self.as_ref(), changes=changes), by)

    def change_status(
        self, after: Status, by: Actor | None, *, reason: Reason = "manual", message_id: UUID | None = None
    ) -> None:
        """Setting the current status changes nothing and records no event. Raises IllegalTransition."""
        before = self.status
        if after == before:
            return
        if not workflow.is_transition(before, after):
            raise workflow.IllegalTransition(before, after)
        self.status = after
        changed = events.TicketStatusChanged(
            ticket=self.as_ref(), before=before, after=after, reason=reason, message_id=message_id
        )
        self._record_update(changed, by)
        if before not in workflow.UNRESOLVED and after in workflow.UNRESOLVED:
            self.escalated_at = None
        self.resolved_at = None if after in workflow.UNRESOLVED else self.resolved_at or self.updated_at
        self.closed_at = self.updated_at if after == "closed" else None

    def assign(self, to: PersonRef, by: Actor) -> None:
        """Opens a new ticket too. Raises Conflict."""
        before = self.assignee
        if before is not None and before.id == to.id:
            return
        self._require_not_merged()
        self.assignee = to
        self._record_update(events.TicketAssigned(ticket=self.as_ref(), before=before, after=to), by)
        self.change_status(workflow.status_after_assignment(self.status), by, reason="assignment")

    def unassign(self, by: Actor | None, *, reason: UnassignmentReason = "manual") -> None:
        """Raises Conflict."""
        before = self.assignee
        if before is None:
            return
        self._require_not_merged()
        self.assignee = None
        self._record_update(events.TicketUnassigned(ticket=self.as_ref(), before=before, reason=reason), by)

    def close_for_inactivity(self) -> None:
        """Closes a resolved ticket; any other stays as it is."""
        if self.status == "resolved":
            self.change_status("closed", None, reason="inactivity")

    def escalate(self) -> None:
        """Escalates a ticket that waits for the desk, once per wait; any other stays as it is."""
        if self.escalated_at is None and self.wait.since is not None:
            began_at = self.wait.began_at or self.wait.since
            self._record_update(events.TicketEscalated(ticket=self.as_ref(), waiting_since=began_at), None)
            self.escalated_at = self.updated_at

    def delete_softly(self, by: Actor) -> None:
        self._record_update(events.TicketDeleted(ticket=self.as_ref()), by)
        self.deleted_at = self.updated_at

    def restore(self, by: Actor) -> None:
        if self.deleted_at is not None:
            self.deleted_at = None
            self._record_update(events.TicketRestored(ticket=self.as_ref()), by)

    def redact_message(self, message_id: UUID, visibility: Visibility, body: str, by: Actor) -> None:
        """Forgets the `body` that the message had."""
        self._set_terms(self._terms.without_message(visibility, body))
        self.record(events.MessageRedacted(ticket=self.as_ref(), message_id=message_id, visibility=visibility), by)

    def add_message(self, message: events.MessagePosted, posted_at: datetime, by: Actor) -> None:
        """Updates the ticket for a message of its conversation. A note changes nothing that customers can see.
        Raises Conflict."""
        self._require_not_merged()
        self.record(message, by)
        for each in message.attachments:
            self.record(events.AttachmentAdded.model_validate({**dict(message), "attachment": each}), by)
        self._set_terms(self._terms.with_message(message.visibility, message.body))
        if message.visibility == "public":
            by_staff = by.role in STAFF_ROLES
            self.message_count += 1
            self.last_message_at = self.updated_at = posted_at
            if by_staff and by.id != self.requester.id and self.first_response_at is None:
                self.first_response_at = posted_at
            if not message.is_only_thanks:
                after = workflow.status_after_reply(self.status, by_staff=by_staff)
                self.change_status(after, by, reason="reply", message_id=message.message_id)

    def record(self, event: Event, actor: Actor | None) -> Envelope:
        """As `Aggregate.record`, and keeps the wait up to date."""
        envelope = super().record(event, actor)
        self.wait = self.wait.after(event, envelope.time)
        return envelope

    @property
    def _terms(self) -> SearchTerms:
        return SearchTerms(self.search_terms, self.repeated_terms)

    def _set_terms(self, terms: SearchTerms) -> None:
        self.search_terms, self.repeated_terms = terms.terms, dict(terms.repeats)

    @property
    def _own_text(self) -> str:
        return f"{self.number} {self.title} {self.description}"

    def _record_update(self, event: Event, by: Actor | None) -> None:
        self.updated_at = self.record(event, by).time

    def _require_not_merged(self) -> None:
        if self.status == "merged":
            raise Conflict(
                "A merged ticket cannot be changed. Use the ticket it was merged into.", code="ticket_merged"
            )
