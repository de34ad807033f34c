"""The statuses of a ticket and the transitions between them, as data."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from common.errors import Conflict
from common.events.tickets import Status

TRANSITIONS: Mapping[Status, frozenset[Status]] = {
    "new": frozenset({"open", "in_progress", "pending", "resolved", "closed"}),
    "open": frozenset({"in_progress", "pending", "resolved", "closed"}),
    "in_progress": frozenset({"open", "pending", "resolved", "closed"}),
    "pending": frozenset({"open", "in_progress", "resolved", "closed"}),
    "resolved": frozenset({"open", "closed"}),
    "closed": frozenset({"open"}),
    "merged": frozenset(),
}
"""The statuses that may follow each status. No transition leads to `new`; only a merge sets `merged`."""

UNRESOLVED: frozenset[Status] = frozenset({"new", "open", "in_progress", "pending"})

WAITING: frozenset[Status] = UNRESOLVED - {"pending"}
"""The requester waits for the desk. While a ticket is pending, the desk waits for the requester."""

UNASSIGNED_ON_DEPARTURE: frozenset[Status] = UNRESOLVED | {"resolved"}
"""A ticket in one of these is unassigned when its assignee leaves. Any other keeps whoever answered it."""

CUSTOMER_STATUSES: frozenset[Status] = frozenset({"resolved", "closed", "open"})
"""The statuses that customers may set on their own tickets; `open` only from resolved or closed."""


THANKS_WINDOW = timedelta(days=1)
"""After a ticket was resolved. Somebody who says thank you later may mean something else."""


def allowed_from(status: Status) -> list[Status]:
    """The statuses that may follow, in workflow order."""
    return [each for each in TRANSITIONS if each in TRANSITIONS[status]]


class IllegalTransition(Conflict):
    code = "illegal_transition"

    def __init__(self, before: Status, after: Status) -> None:
        allowed = allowed_from(before)
        remedy = f"it can become {', '.join(allowed)}" if allowed else "its status is final"
        super().__init__(
            f"A ticket that is {before} cannot become {after}: {remedy}.", before=before, after=after, allowed=allowed
        )


def is_transition(before: Status, after: Status) -> bool:
    """Setting the current status again is not a transition."""
    return after in TRANSITIONS[before]


def customer_may_request(before: Status, after: Status) -> bool:
    """Whether customers may request the change on their own ticket, whether or not the workflow has the transition."""
    return after in CUSTOMER_STATUSES and (after != "open" or before in ("resolved", "closed"))


def status_after_reply(status: Status, *, by_staff: bool) -> Status:
    """A public reply of staff opens a new ticket; one of the customer reopens a pending, resolved or closed one."""
    if by_staff:
        return "open" if status == "new" else status
    return "open" if status in ("pending", "resolved", "closed") else status


def may_stay_resolved(status: Status, resolved_at: datetime | None, now: datetime) -> bool:
    """Whether a thank-you of the customer leaves the ticket as it is."""
    return status in ("resolved", "closed") and resolved_at is not None and now < resolved_at + THANKS_WINDOW


def status_after_assignment(status: Status) -> Status:
    return "open" if status == "new" else status


def is_reopen_window_over(status: Status, closed_at: datetime | None, now: datetime, reopen_window: timedelta) -> bool:
    """Whether customers can no longer reopen a ticket. With a window of zero they never can."""
    return status == "closed" and closed_at is not None and now >= closed_at + reopen_window
