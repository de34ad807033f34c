"""The deadlines, as data: the tickets concerned, their time limit, and the action after it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pymongo import ASCENDING, IndexModel

from tickets.domain import workflow
from tickets.domain.desk_settings import DeskSettings
from tickets.ticket.document import Ticket


@dataclass(frozen=True)
class Deadline:
    """`action` is applied to the tickets that match `pending` once `limit` has passed since the time in their field
    `since`, which is a path. Afterwards the ticket no longer matches, so it is applied once."""

    name: str
    pending: Mapping[str, Any]
    since: str
    limit: Callable[[DeskSettings], timedelta]
    action: Callable[[Ticket], None]

    @property
    def index(self) -> IndexModel:
        """Holds only pending tickets, by organisation and age."""
        keys = [("organisation_id", ASCENDING), (self.since, ASCENDING)]
        return IndexModel(keys, name=self.name, partialFilterExpression=self.pending)


ESCALATION = Deadline(
    name="escalation",
    pending={"status": {"$in": sorted(workflow.WAITING)}, "escalated_at": None, "deleted_at": None},
    since="wait.since",
    limit=lambda settings: timedelta(hours=settings.escalation_hours),
    action=Ticket.escalate,
)
AUTO_CLOSE = Deadline(
    name="auto-close",
    pending={"status": "resolved", "deleted_at": None},
    since="resolved_at",
    limit=lambda settings: timedelta(days=settings.auto_close_days),
    action=Ticket.close_for_inactivity,
)
DEADLINES = (ESCALATION, AUTO_CLOSE)
INDEXES = [deadline.index for deadline in DEADLINES]
