"""A ticket waits for the desk from its opening or reopening, while it is neither pending nor deleted."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.events import Event, PersonRef
from common.events.tickets import (
    Status,
    TicketCreated,
    TicketDeleted,
    TicketEscalated,
    TicketRef,
    TicketRestored,
    TicketStatusChanged,
)
from tickets.domain.waiting_time import Wait, fold
from tickets.domain.workflow import TRANSITIONS, allowed_from

START = datetime.fromisoformat("2026-05-14T09:30:00Z")
MINUTE = timedelta(minutes=1)
CASEY = PersonRef(id=UUID(int=1), name="Casey")

History = list[tuple[int, str]]
"""Minutes after the start at which the ticket was given a status, deleted or restored."""


def ticket_of(status: Status) -> TicketRef:
    return TicketRef(id=UUID(int=3), number=7, title="Printer", requester=CASEY, status=status, priority="low")


def events_of(history: History) -> list[tuple[Event, datetime]]:
    """The events of a ticket that is opened at the start."""
    status: Status = "new"
    events: list[tuple[Event, datetime]] = [(TicketCreated(ticket=ticket_of(status), description="It burns."), START)]
    for minute, what in history:
        event: Event
        match what:
            case "deleted":
                event = TicketDeleted(ticket=ticket_of(status))
            case "restored":
                event = TicketRestored(ticket=ticket_of(status))
            case _:
                event = TicketStatusChanged.model_validate(
                    {"ticket": ticket_of(what), "before": status, "after": what}  # type: ignore[arg-type]  # a status
                )
                status = event.after
        events.append((event, START + minute * MINUTE))
    return events


def waited_by_minutes(history: History, until: int) -> int:
    """The same, counted minute by minute."""
    status, is_deleted, waited = "new", False, 0
    changes = dict[int, list[str]]()
    for minute, what in history:
        changes.setdefault(minute, []).append(what)
    for minute in range(until + 1):
        for what in changes.get(minute, []):
            if what in ("deleted", "restored"):
                is_deleted = what == "deleted"
                continue
            if what in ("resolved", "closed", "merged") or status in ("resolved", "closed"):
                waited = 0
            status = what
        if minute < until and status in ("new", "open", "in_progress") and not is_deleted:
            waited += 1
    return waited


@st.composite
def histories(draw: st.DrawFn) -> History:
    status: Status = "new"
    is_deleted = False
    minute, history = 0, History()
    for _ in range(draw(st.integers(0, 12))):
        minute += draw(st.integers(0, 90))
        if is_deleted or draw(st.integers(0, 5)) == 0:
            is_deleted = not is_deleted
            history.append((minute, "deleted" if is_deleted else "restored"))
        elif possible := allowed_from(status):
            status = draw(st.sampled_from(possible))
            history.append((minute, status))
    return history


@given(histories(), st.integers(0, 300))
def test_the_fold_agrees_with_counting_minute_by_minute(history: History, later: int) -> None:
    until = (history[-1][0] if history else 0) + later
    wait = fold(events_of(history))
    assert wait.waited(START + until * MINUTE) == waited_by_minutes(history, until) * MINUTE


@given(histories())
def test_the_clock_runs_from_the_time_that_the_sweep_compares(history: History) -> None:
    wait = fold(events_of(history))
    now = START + timedelta(days=30)
    assert wait.since is None or now - wait.since == wait.waited(now)


@given(histories(), st.integers(0, 12))
def test_a_fold_can_be_continued_from_what_is_stored(history: History, at: int) -> None:
    events = events_of(history)
    stored = Wait.model_validate(fold(events[:at]).model_dump())
    for event, time in events[at:]:
        stored = stored.after(event, time)
    assert stored == fold(events)


@pytest.mark.parametrize(
    ("history", "waited"),
    [
        ([], 100),
        ([(10, "open"), (20, "in_progress")], 100),
        ([(10, "pending")], 10),
        ([(10, "pending"), (60, "open")], 50),
        ([(10, "resolved")], 0),
        ([(10, "resolved"), (60, "open")], 40),
        ([(10, "pending"), (20, "resolved"), (60, "open"), (70, "pending"), (90, "open")], 20),
        ([(10, "deleted"), (60, "restored")], 50),
        ([(10, "pending"), (20, "deleted"), (30, "restored")], 10),
    ],
)
def test_pending_and_deleted_time_does_not_count_and_a_reopened_ticket_starts_anew(
    history: History, waited: int
) -> None:
    assert fold(events_of(history)).waited(START + 100 * MINUTE) == waited * MINUTE


def test_a_wait_began_when_the_ticket_was_opened_or_reopened() -> None:
    assert fold(events_of([(10, "pending"), (60, "open")])).began_at == START
    assert fold(events_of([(10, "resolved"), (60, "open")])).began_at == START + 60 * MINUTE
    assert fold(events_of([(10, "resolved")])).began_at is None


def test_other_events_change_nothing() -> None:
    wait = fold(events_of([(10, "open")]))
    assert wait.after(TicketEscalated(ticket=ticket_of("open"), waiting_since=START), START + 20 * MINUTE) == wait


def test_every_status_is_counted_or_not() -> None:
    counted = {status for status in TRANSITIONS if fold(events_of([(10, status)])).since is not None}
    assert counted == {"new", "open", "in_progress"}
