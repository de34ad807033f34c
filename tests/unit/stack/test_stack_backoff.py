"""How long the supervisor waits before it starts a dead component again."""

from stack.backoff import RestartBackoff


def test_a_component_that_was_ready_is_restarted_at_once_however_often_it_dies() -> None:
    backoff = RestartBackoff()
    assert {backoff.next_delay(was_ready=True) for _ in range(10)} == {0}


def test_failing_to_start_is_answered_ever_more_slowly_up_to_ten_seconds() -> None:
    backoff = RestartBackoff()
    assert [backoff.next_delay(was_ready=False) for _ in range(8)] == [0, 0.5, 1, 2, 4, 8, 10, 10]


def test_having_been_ready_makes_failed_starts_forgotten() -> None:
    backoff = RestartBackoff()
    for _ in range(5):
        backoff.next_delay(was_ready=False)
    assert backoff.next_delay(was_ready=True) == 0
    assert [backoff.next_delay(was_ready=False) for _ in range(2)] == [0, 0.5]


def test_failing_all_night_stays_at_ten_seconds() -> None:
    backoff = RestartBackoff()
    assert {backoff.next_delay(was_ready=False) for _ in range(10_000)} == {0, 0.5, 1, 2, 4, 8, 10}
