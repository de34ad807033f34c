"""How long a ticket has waited for the desk: a fold over its events.

A wait begins when the ticket is opened or reopened. It is paused while the ticket is pending or deleted, and ends when
the ticket is resolved, closed or merged.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict

from common.events import Event
from common.events.tickets import TicketCreated, TicketDeleted, TicketRestored, TicketStatusChanged
from tickets.domain.workflow import UNRESOLVED, WAITING

_MILLISECOND = timedelta(milliseconds=1)


class Wait(BaseModel):
    """The current wait. Without `began_at` there is none."""

    model_config = ConfigDict(frozen=True)

    began_at: datetime | None = None
    since: datetime | None = None
    """Only while the clock runs: now minus the time waited. A limit has passed when `since` is that long ago."""
    waited_ms: int = 0
    """Only while the wait is paused: the time waited."""

    def after(self, event: Event, at: datetime) -> Self:
        """The wait after an event of the ticket that happened at `at`. Most events change nothing."""
        match event:
            case TicketCreated():
                return self._begin(at)
            case TicketStatusChanged(before=before, after=after):
                if after not in UNRESOLVED:
                    return type(self)()
                if before not in UNRESOLVED:
                    return self._begin(at)
                return self._resume(at) if after in WAITING else self._pause(at)
            case TicketDeleted():
                return self._pause(at)
            case TicketRestored() if event.ticket.status in WAITING:
                return self._resume(at)
        return self

    def waited(self, now: datetime) -> timedelta:
        """How long the ticket has waited in this wait."""
        return self.waited_ms * _MILLISECOND if self.since is None else now - self.since

    def _begin(self, at: datetime) -> Self:
        return type(self)(began_at=at, since=at)

    def _pause(self, at: datetime) -> Self:
        return type(self)(began_at=self.began_at, waited_ms=self.waited(at) // _MILLISECOND)

    def _resume(self, at: datetime) -> Self:
        return type(self)(began_at=self.began_at, since=at - self.waited(at))


def fold(events: Iterable[tuple[Event, datetime]]) -> Wait:
    """The wait after these events of one ticket, each with its time, oldest first."""
    wait = Wait()
    for event, at in events:
        wait = wait.after(event, at)
    return wait
