"""The states of a ticket and the ways between them, as data. Pure."""

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
"""From each status, where it may go. `new` is never entered again; only a merge sets `merged`."""

UNRESOLVED: frozenset[Status] = frozenset({"new", "open", "in_progress", "pending"})
"""Somebody still waits for help."""

CUSTOMER_MAY_ENTER: frozenset[Status] = frozenset({"resolved", "closed", "open"})
"""What a customer may do with an own ticket: resolve, close, and reopen (`open`, from resolved or closed)."""


def allowed(before: Status) -> list[Status]:
    """Where a ticket may go from there, in the order of the workflow."""
    return [status for status in TRANSITIONS if status in TRANSITIONS[before]]


class IllegalTransition(Conflict):
    """The workflow has no such way."""

    code = "illegal_transition"

    def __init__(self, before: Status, after: Status) -> None:
        ways = allowed(before)
        told = f"it may become {', '.join(ways)}" if ways else "it can not change any more"
        super().__init__(
            f"A ticket that is {before} can not become {after}: {told}.",
            present=before,
            wanted=after,
            allowed=ways,
        )


def may_move(before: Status, after: Status) -> bool:
    """Whether that is a way. Staying is none: it is simply no change."""
    return after in TRANSITIONS[before]


def customer_may_move(before: Status, after: Status) -> bool:
    """Whether a customer may ask that of an own ticket; whether there is such a way is another question."""
    return after in CUSTOMER_MAY_ENTER and (after != "open" or before in ("resolved", "closed"))


def after_reply(status: Status, *, by_staff: bool) -> Status:
    """Where a public reply takes a ticket: an agent's first one opens it, a customer's brings it back."""
    if by_staff:
        return "open" if status == "new" else status
    return "open" if status in ("pending", "resolved", "closed") else status


def after_assignment(status: Status) -> Status:
    """Where it takes a ticket that somebody is to answer it."""
    return "open" if status == "new" else status


def is_over(status: Status, closed_at: datetime | None, now: datetime, reopen_window: timedelta) -> bool:
    """Whether a customer can no longer reopen a ticket. A window of nothing means never."""
    return status == "closed" and closed_at is not None and now >= closed_at + reopen_window
