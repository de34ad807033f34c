"""The document of a ticket, without a database, which only `commit` needs."""

from datetime import datetime, timedelta
from typing import get_args
from uuid import UUID

import pytest

from common import clock
from common.events import Actor, PersonRef, parse
from common.events.tickets import Status, TicketEscalated, TicketStatusChanged
from tickets.domain import workflow
from tickets.domain.waiting_time import Wait
from tickets.ticket.document import Ticket

CREATED = datetime.fromisoformat("2026-05-14T09:30:00.125Z")
NOW = CREATED + timedelta(days=8)
RESOLVED = CREATED + timedelta(hours=3)
CASEY = PersonRef(id=UUID(int=1), name="Casey")
ALEX = Actor(id=UUID(int=2), name="Alex", role="agent")
NOT_WAITING = sorted(set(get_args(Status)) - workflow.WAITING)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def ticket(status: Status) -> Ticket:
    made: Ticket = Ticket.model_construct(
        id=UUID(int=3),
        organisation_id=UUID(int=4),
        version=2,
        sequence=2,
        last_event_at=RESOLVED,
        number=7,
        title="Printer",
        description="It burns.",
        requester=CASEY,
        status=status,
        created_at=CREATED,
        wait=Wait(began_at=CREATED, since=CREATED) if status in workflow.WAITING else Wait(),
        updated_at=RESOLVED,
        resolved_at=None if status in workflow.UNRESOLVED else RESOLVED,
    )
    return made


@pytest.mark.parametrize("status", sorted(workflow.WAITING))
def test_one_that_somebody_waits_for_is_escalated_once_and_by_nobody(status: Status) -> None:
    waiting = ticket(status)

    waiting.escalate()
    waiting.escalate()

    assert (waiting.escalated_at, waiting.updated_at, waiting.status) == (NOW, NOW, status)
    (envelope,) = waiting._recorded
    event = parse(envelope)
    assert isinstance(event, TicketEscalated)
    assert (event.waiting_since, event.ticket.requester, envelope.actor) == (CREATED, CASEY, None)


@pytest.mark.parametrize("status", NOT_WAITING)
def test_one_that_does_not_wait_for_the_desk_is_not_escalated(status: Status) -> None:
    done = ticket(status)

    done.escalate()

    assert (done.escalated_at, done._recorded) == (None, [])


def test_a_resolved_one_closes_by_itself_and_stays_resolved_since_when_it_was() -> None:
    resolved = ticket("resolved")

    resolved.close_for_inactivity()

    assert (resolved.status, resolved.resolved_at, resolved.updated_at) == ("closed", RESOLVED, NOW)
    (envelope,) = resolved._recorded
    event = parse(envelope)
    assert isinstance(event, TicketStatusChanged)
    assert (event.before, event.after, event.reason, envelope.actor) == ("resolved", "closed", "inactivity", None)


@pytest.mark.parametrize("status", sorted(set(get_args(Status)) - {"resolved"}))
def test_no_other_one_closes_by_itself(status: Status) -> None:
    other = ticket(status)

    other.close_for_inactivity()

    assert (other.status, other._recorded) == (status, [])


def test_one_that_comes_back_is_not_resolved_any_more_and_is_resolved_anew() -> None:
    back = ticket("closed")

    back.change_status("open", ALEX)
    assert (back.resolved_at, back.wait) == (None, Wait(began_at=NOW, since=NOW))
    back.change_status("resolved", ALEX)
    assert back.resolved_at == NOW + clock.MILLISECOND, "each event is later than the one before"
