"""How long the supervisor waits before it starts a dead component again."""

from stack.restarts import GOOD_RUN, RestartDelays


def test_the_first_death_is_answered_at_once() -> None:
    assert RestartDelays().after(ran_for=0.1) == 0


def test_quick_deaths_are_answered_ever_more_slowly_up_to_ten_seconds() -> None:
    delays = RestartDelays()
    assert [delays.after(0.1) for _ in range(8)] == [0, 0.5, 1, 2, 4, 8, 10, 10]


def test_a_good_run_makes_earlier_deaths_forgotten() -> None:
    delays = RestartDelays()
    for _ in range(5):
        delays.after(0.1)
    assert delays.after(GOOD_RUN) == 0
    assert delays.after(0.1) == 0.5


def test_dying_all_night_stays_at_ten_seconds() -> None:
    delays = RestartDelays()
    assert {delays.after(0.1) for _ in range(10_000)} == {0, 0.5, 1, 2, 4, 8, 10}
