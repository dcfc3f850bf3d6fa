"""Ratios from noisy costs: what they say when nothing is noisy, and what noise may do to them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.model import Interval
from autograder.speed.ratio import LEAST_SECONDS, combine, estimate, geometric_mean, half_width, speed_ratio

SECONDS = st.lists(st.floats(1e-3, 1.0), min_size=3, max_size=12)
NULL = [1e-4] * 12


@given(costs=SECONDS)
def test_the_ratio_of_identical_costs_is_one(costs):
    assert speed_ratio(costs, costs, NULL) == Interval(1.0, 1.0, 1.0)


@given(costs=SECONDS, factor=st.floats(0.1, 10.0))
def test_the_ratio_is_that_of_the_costs_whatever_their_sizes(costs, factor):
    against = [factor * cost for cost in costs]
    found = speed_ratio(costs, against, [0.0] * len(costs))
    assert found.low == pytest.approx(factor)
    assert found.value == pytest.approx(factor)
    assert found.high == pytest.approx(factor)


@given(costs=SECONDS, against=SECONDS, null=SECONDS)
def test_bounds_enclose_the_estimate(costs, against, null):
    found = speed_ratio(costs, against, null)
    assert 0 < found.low <= found.value <= found.high
    assert half_width(found) >= 0


def test_swapping_the_two_inverts_the_ratio():
    rng = np.random.default_rng(3)
    mine, theirs = rng.uniform(1, 2, 15), rng.uniform(2, 4, 15)
    assert speed_ratio(mine, theirs, NULL).value == pytest.approx(1 / speed_ratio(theirs, mine, NULL).value, rel=1e-2)


def test_what_doing_nothing_costs_is_subtracted_from_both():
    assert speed_ratio([0.3] * 5, [0.5] * 5, [0.1] * 5).value == pytest.approx(0.4 / 0.2)
    assert estimate([0.3, 0.3, 0.3], [0.1, 0.1, 0.1]) == pytest.approx(0.2)


def test_a_launch_that_a_neighbour_disturbed_does_not_count():
    quiet = [1.0] * 10
    disturbed = [9.0, *quiet[1:]]
    assert speed_ratio(disturbed, quiet, [0.0] * 10).value == pytest.approx(1.0)
    assert speed_ratio(quiet, disturbed, [0.0] * 10).value == pytest.approx(1.0)
    assert estimate(disturbed, [0.0] * 10) == pytest.approx(1.0)


def test_slow_in_half_of_the_launches_is_slow():
    assert speed_ratio([1.0, 3.0] * 6, [1.0] * 12, [0.0] * 12).value < 0.7


@pytest.mark.parametrize("cost", [0.0, 1e-9, 5e-5])
def test_what_costs_less_than_nothing_has_a_ratio_all_the_same(cost):
    found = speed_ratio([cost] * 4, [1e-2] * 4, NULL)
    assert np.isfinite([found.low, found.value, found.high]).all()
    assert 0 < found.value <= 1e-2 / LEAST_SECONDS


def test_launches_without_a_partner_are_left_out():
    assert speed_ratio([1.0, 1.0, 50.0], [2.0, 2.0], [0.0] * 3).value == pytest.approx(2.0)


def test_no_launch_is_no_ratio():
    with pytest.raises(ValueError, match="no launch to compare"):
        speed_ratio([], [1.0], [0.0])


def test_the_same_costs_give_the_same_interval():
    rng = np.random.default_rng(5)
    mine, theirs = rng.uniform(1, 2, 9), rng.uniform(1, 2, 9)
    assert speed_ratio(mine, theirs, NULL) == speed_ratio(mine, theirs, NULL)


def test_more_noise_makes_a_wider_interval():
    rng = np.random.default_rng(7)
    calm, wild = (np.exp(scale * rng.standard_normal(20)) for scale in (0.01, 0.3))
    assert half_width(speed_ratio(wild, [1.0] * 20, [0.0] * 20)) > half_width(speed_ratio(calm, [1.0] * 20, [0.0] * 20))


def test_tasks_combine_by_the_geometric_mean():
    found = combine([Interval(0.5, 1.0, 2.0), Interval(2.0, 4.0, 8.0)])
    assert (found.low, found.value, found.high) == pytest.approx((1.0, 2.0, 4.0))


@given(ratios=st.lists(st.floats(0.01, 100.0), min_size=1, max_size=5))
def test_the_mean_of_runs_lies_among_them(ratios):
    found = geometric_mean(ratios)
    assert min(ratios) * (1 - 1e-9) <= found.low <= found.value <= found.high <= max(ratios) * (1 + 1e-9)
