"""The numbers of a speed report: log scales, spreads, the quiet end."""

import math

import pytest
from speed_factory import race_report, speed_report, task

from autograder.reports.speed_digest import LogScale, Spread, entries, figures, is_race, quiet, rival


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.48, "0.480"),
        (0.02134, "0.0213"),
        (7.2, "7.20"),
        (15.64, "15.6"),
        (512.3, "512"),
        (123456.0, "123456"),
        (0.0, "0"),
        (1.234e-6, "0.00000123"),
        (1.234e-12, "1.23e-12"),
        (math.inf, "inf"),
    ],
)
def test_three_digits(value, shown):
    assert figures(value) == shown


def test_each_doubling_takes_the_same_room():
    scale = LogScale.over([1.0, 16.0])
    assert [round(scale.share(value), 9) for value in (0.5, 1, 2, 4, 8, 16, 99)] == [0, 0, 0.25, 0.5, 0.75, 1, 1]
    assert scale.ticks() == [1, 2, 5, 10]


def test_a_wide_scale_is_labelled_by_decades():
    assert LogScale.over([0.001, 1000]).ticks() == pytest.approx([10.0**power for power in range(-3, 4)])


@pytest.mark.parametrize("values", [[], [0.0, -1.0, math.inf], [3.0], [3.0, 3.0]])
def test_a_scale_of_little_is_still_a_scale(values):
    scale = LogScale.over(values)
    assert 0 < scale.low < scale.high


def test_the_quiet_end_is_the_20th_percentile():
    assert quiet([5.0, 1.0, 2.0, 3.0, 4.0, 100.0]) == 2.0
    assert quiet([7.0]) == 7.0


def test_the_spread_of_runs():
    spread = Spread.of([0.9, 1.0, 1.1])
    assert (spread.runs, spread.median, spread.low, spread.high) == (3, 1.0, 0.9, 1.1)
    assert spread.variation == pytest.approx(0.1)
    assert Spread.of([1.0]).variation is None
    assert Spread.of([]) is None


def test_a_race_is_told_from_kernels():
    assert not is_race(speed_report())
    assert is_race(race_report())
    assert (rival(speed_report()), rival(race_report())) == ("library", "baseline")


def test_the_submission_comes_last():
    names = [name for name, _ in entries(task(costs={"submission": (1.0,), "null": (1.0,), "naive": ()}))]
    assert names == ["null", "submission"]
