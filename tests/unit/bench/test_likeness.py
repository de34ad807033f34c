"""Whether latencies can be told apart: what the benchmark of log-ins says."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.likeness import by_chance, distance, statement

LATENCIES = st.lists(st.floats(0, 1000), min_size=1, max_size=50)


@given(LATENCIES)
def test_a_lot_is_at_no_distance_from_itself(lot: list[float]) -> None:
    assert distance(lot, list(reversed(lot))) == 0


@given(LATENCIES, LATENCIES)
def test_distance_is_the_same_both_ways_and_between_nothing_and_everything(
    one: list[float], other: list[float]
) -> None:
    assert distance(one, other) == distance(other, one)
    assert 0 <= distance(one, other) <= 1


@given(LATENCIES)
def test_lots_that_do_not_overlap_are_told_apart_for_certain(lot: list[float]) -> None:
    assert distance(lot, [each + 1001 for each in lot]) == 1


def test_what_comes_from_one_source_is_said_to_be_alike_and_a_shift_is_seen() -> None:
    source = random.Random(7)
    one, other = ([source.gauss(60, 5) for _ in range(400)] for _ in range(2))
    assert distance(one, other) < by_chance(one, other)
    assert "no usable difference" in statement(one, other)
    assert "MORE THAN CHANCE" in statement(one, [each + 3 for each in other])


@pytest.mark.parametrize(("sizes", "chance"), [((100, 100), 0.192), ((400, 400), 0.096)])
def test_the_more_answers_the_less_is_left_to_chance(sizes: tuple[int, int], chance: float) -> None:
    assert by_chance([0.0] * sizes[0], [0.0] * sizes[1]) == pytest.approx(chance, abs=0.001)
