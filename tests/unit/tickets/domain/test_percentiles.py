"""Percentiles are computed from the few values around them."""

import statistics
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.domain.percentiles import MEDIAN, NINETIETH, is_rank_needed, percentile

durations = st.lists(st.integers(0, 10**10), min_size=1, max_size=200)


def value(expression: Any, fields: dict[str, int]) -> Any:
    """What MongoDB makes of the few operators that are used."""
    if isinstance(expression, str):
        return fields[expression]
    if not isinstance(expression, dict):
        return expression
    ((operator, operands),) = expression.items()
    found = [value(each, fields) for each in (operands if isinstance(operands, list) else [operands])]
    match operator:
        case "$or":
            return any(found)
        case "$lt":
            return found[0] < found[1]
        case "$abs":
            return abs(found[0])
        case "$subtract":
            return found[0] - found[1]
        case "$multiply":
            return found[0] * found[1]
        case "$divide":
            return found[0] / found[1]
    raise AssertionError(operator)


def found(values: list[int], tenths: int) -> float:
    """As a report finds it: from those values alone that are asked for."""
    needed = is_rank_needed("$rank", "$total")
    at_ranks = {
        rank: float(each)
        for rank, each in enumerate(sorted(values))
        if value(needed, {"$rank": rank, "$total": len(values)})
    }
    assert len(at_ranks) <= 4
    return percentile(tenths, len(values), at_ranks)


@given(durations)
def test_the_median_is_the_median(values: list[int]) -> None:
    assert found(values, MEDIAN) == pytest.approx(statistics.median(values))


@given(durations.filter(lambda values: len(values) > 1))
def test_the_ninetieth_percentile_is_the_ninth_of_ten_equal_parts(values: list[int]) -> None:
    assert found(values, NINETIETH) == pytest.approx(statistics.quantiles(values, n=10, method="inclusive")[-1])


@given(st.integers(0, 10**10))
def test_of_one_value_both_are_that_value(only: int) -> None:
    assert found([only], MEDIAN) == found([only], NINETIETH) == only
