"""Two numbers in a sentence never look the same when they differ."""

import math

import pytest

from autograder.checks.numbers import gap, told_apart


@pytest.mark.parametrize(
    ("left", "right", "texts"),
    [
        (-8.0, 8.0, ("-8", "8")),
        (1.23456789, 2.0, ("1.23457", "2")),
        (4.01815, 4.0181502, ("4.01815", "4.0181502")),
        (-0.1, -0.1 * (1 + 1e-9), ("-0.1", "-0.1000000001")),
        (1.0, math.nextafter(1.0, 2.0), ("1", "1.0000000000000002")),
        (0.0, 1e-300, ("0", "1e-300")),
        (2.0, 2.0, ("2", "2")),
        (math.nan, 1.0, ("nan", "1")),
        (math.inf, math.inf, ("inf", "inf")),
    ],
)
def test_as_many_digits_as_it_takes(left, right, texts):
    assert told_apart(left, right) == texts


def test_numbers_that_look_alike_come_with_their_difference_and_what_was_allowed():
    assert gap(4.0181502, 4.01815, 4e-9) == "; they differ by 2e-07, and 4e-09 is allowed"
    assert gap(1 + 1.04e-9, 1.0, 1.01e-9) == "; they differ by 1.04e-09, and 1.01e-09 is allowed"


@pytest.mark.parametrize("pair", [(-8.0, 8.0), (1.0, 1.1), (0.0, 1e-9), (math.nan, 1.0), (math.inf, 1.0)])
def test_numbers_that_differ_at_a_glance_need_no_more_words(pair):
    assert gap(*pair, 1e-9) == ""
