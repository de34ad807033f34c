"""The Kolmogorov–Smirnov test that decides whether login times leak who has an account."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.ks_test import critical_value, describe_leak, ks_statistic

LATENCIES = st.lists(st.floats(0, 1000), min_size=1, max_size=50)


@given(LATENCIES)
def test_equal_samples_have_no_distance(sample: list[float]) -> None:
    assert ks_statistic(sample, list(reversed(sample))) == 0


@given(LATENCIES, LATENCIES)
def test_the_distance_is_symmetric_and_between_zero_and_one(first: list[float], second: list[float]) -> None:
    assert ks_statistic(first, second) == ks_statistic(second, first)
    assert 0 <= ks_statistic(first, second) <= 1


@given(LATENCIES)
def test_samples_that_do_not_overlap_have_the_distance_one(sample: list[float]) -> None:
    assert ks_statistic(sample, [each + 1001 for each in sample]) == 1


def test_samples_of_one_distribution_show_no_leak_and_a_shift_is_detected() -> None:
    source = random.Random(7)
    first, second = ([source.gauss(60, 5) for _ in range(400)] for _ in range(2))
    assert "no significant difference" in describe_leak(first, second)
    assert "SIGNIFICANT DIFFERENCE" in describe_leak(first, [each + 3 for each in second])


def test_a_variant_without_responses_is_reported() -> None:
    assert "no responses" in describe_leak([], [1.0])


@pytest.mark.parametrize(("size", "expected"), [(100, 0.192), (400, 0.096)])
def test_more_responses_lower_the_critical_value(size: int, expected: float) -> None:
    assert critical_value(size, size) == pytest.approx(expected, abs=0.001)
