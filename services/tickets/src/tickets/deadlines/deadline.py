"""Every deadline there is, as data: which tickets it is about, how long they may wait, and what follows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pymongo import ASCENDING, IndexModel

from tickets import workflow
from tickets.desk_settings.values import DeskSettings
from tickets.ticket.document import Ticket


@dataclass(frozen=True)
class Deadline:
    """`follows` is done to tickets that match `waiting`, once so much time as is `allowed` has passed since the time in
    their field `since`. A ticket it was done to does not match any more: so it is done once."""

    name: str
    waiting: Mapping[str, Any]
    since: str
    allowed: Callable[[DeskSettings], timedelta]
    follows: Callable[[Ticket], None]

    @property
    def index(self) -> IndexModel:
        """Holds just the tickets that wait, by organisation and age. All others cost nothing."""
        keys = [("organisation_id", ASCENDING), (self.since, ASCENDING)]
        return IndexModel(keys, name=self.name, partialFilterExpression=self.waiting)


ESCALATION = Deadline(
    name="escalation",
    # One that was resolved and came back counts from its creation too: whoever asked has been waiting since.
    waiting={"status": {"$in": sorted(workflow.UNRESOLVED)}, "escalated_at": None, "deleted_at": None},
    since="created_at",
    allowed=lambda settings: settings.escalation_after,
    follows=Ticket.escalate,
)
AUTO_CLOSE = Deadline(
    name="auto-close",
    waiting={"status": "resolved", "deleted_at": None},
    since="resolved_at",
    allowed=lambda settings: settings.auto_close_after,
    follows=Ticket.close_for_inactivity,
)
DEADLINES = (ESCALATION, AUTO_CLOSE)
INDEXES = [deadline.index for deadline in DEADLINES]
