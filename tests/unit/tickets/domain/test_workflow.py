"""A ticket goes only where the workflow leads."""

from datetime import datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.events.tickets import Status
from tickets.domain.workflow import (
    CUSTOMER_STATUSES,
    TRANSITIONS,
    UNASSIGNED_ON_DEPARTURE,
    UNRESOLVED,
    WAITING,
    allowed_from,
    is_reopen_window_over,
    is_transition,
    may_stay_resolved,
    status_after_assignment,
    status_after_reply,
)

STATUSES: tuple[Status, ...] = get_args(Status)
statuses = st.sampled_from(STATUSES)

WAYS: dict[Status, set[Status]] = {
    "new": {"open", "in_progress", "pending", "resolved", "closed"},
    "open": {"in_progress", "pending", "resolved", "closed"},
    "in_progress": {"open", "pending", "resolved", "closed"},
    "pending": {"open", "in_progress", "resolved", "closed"},
    "resolved": {"open", "closed"},
    "closed": {"open"},
    "merged": set(),
}
"""Restated: whoever changes the workflow decides here too."""


@pytest.mark.parametrize("before", STATUSES)
def test_the_ways_are_those_the_domain_draws(before: Status) -> None:
    assert set(allowed_from(before)) == WAYS[before]


@given(statuses, statuses)
def test_what_is_said_to_be_allowed_is_what_may_be_done(before: Status, after: Status) -> None:
    assert (after in allowed_from(before)) == is_transition(before, after)


@given(statuses)
def test_what_is_allowed_is_told_in_the_order_of_the_workflow_without_repetition(before: Status) -> None:
    assert allowed_from(before) == [status for status in STATUSES if status in set(allowed_from(before))]


@given(statuses)
def test_staying_is_no_way_and_new_is_never_entered_again(before: Status) -> None:
    assert not is_transition(before, before)
    assert not is_transition(before, "new")


@given(statuses)
def test_merged_is_the_end_and_only_a_merge_leads_there(status: Status) -> None:
    assert not is_transition("merged", status)
    assert not is_transition(status, "merged")


def test_every_status_has_its_ways() -> None:
    assert set(TRANSITIONS) == set(STATUSES)


@given(statuses, st.booleans())
def test_a_reply_never_takes_a_ticket_where_the_workflow_does_not_lead(status: Status, by_staff: bool) -> None:
    after = status_after_reply(status, by_staff=by_staff)
    assert after == status or is_transition(status, after)


@pytest.mark.parametrize("status", STATUSES)
def test_a_reply_of_staff_opens_what_is_new_and_moves_nothing_else(status: Status) -> None:
    assert status_after_reply(status, by_staff=True) == ("open" if status == "new" else status)


@pytest.mark.parametrize("status", STATUSES)
def test_a_reply_of_the_customer_brings_back_what_waits_or_is_done(status: Status) -> None:
    reopened = status in ("pending", "resolved", "closed")
    assert status_after_reply(status, by_staff=False) == ("open" if reopened else status)


def test_a_customer_may_resolve_close_and_reopen() -> None:
    assert set(CUSTOMER_STATUSES) == {"resolved", "closed", "open"}


@given(statuses)
def test_assigning_opens_what_is_new_and_moves_nothing_else(status: Status) -> None:
    assert status_after_assignment(status) == ("open" if status == "new" else status)


def test_a_ticket_is_unresolved_as_long_as_somebody_waits() -> None:
    assert set(STATUSES) - UNRESOLVED == {"resolved", "closed", "merged"}
    assert {"pending"} == UNRESOLVED - WAITING


def test_a_ticket_that_is_over_keeps_whoever_answered_it() -> None:
    assert set(STATUSES) - UNASSIGNED_ON_DEPARTURE == {"closed", "merged"}


RESOLVED_AT = datetime.fromisoformat("2026-05-14T09:30:00Z")


@pytest.mark.parametrize("status", STATUSES)
def test_a_thank_you_leaves_only_what_was_resolved_less_than_a_day_before(status: Status) -> None:
    is_done = status in ("resolved", "closed")
    assert may_stay_resolved(status, RESOLVED_AT, RESOLVED_AT + timedelta(hours=23, minutes=59)) == is_done
    assert not may_stay_resolved(status, RESOLVED_AT, RESOLVED_AT + timedelta(days=1))
    assert not may_stay_resolved(status, None, RESOLVED_AT)


CLOSED_AT = datetime.fromisoformat("2026-05-14T09:30:00Z")
WINDOW = timedelta(days=14)


@pytest.mark.parametrize(
    ("after", "over"), [(timedelta(0), False), (WINDOW - timedelta(milliseconds=1), False), (WINDOW, True)]
)
def test_a_ticket_is_over_once_it_was_closed_for_the_whole_window(after: timedelta, over: bool) -> None:
    assert is_reopen_window_over("closed", CLOSED_AT, CLOSED_AT + after, WINDOW) == over


@given(statuses.filter(lambda status: status != "closed"))
def test_what_is_not_closed_is_not_over(status: Status) -> None:
    assert not is_reopen_window_over(status, CLOSED_AT, CLOSED_AT + 2 * WINDOW, WINDOW)


def test_without_a_window_a_ticket_is_over_as_soon_as_it_is_closed() -> None:
    assert is_reopen_window_over("closed", CLOSED_AT, CLOSED_AT, timedelta(0))
