"""The picture of where an array is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.checks.heat import SIDE, heat

RIGHT = np.arange(1.0, 25.0).reshape(2, 3, 4)


def test_the_slice_of_the_worst_element_is_drawn_by_how_far_each_is_off():
    wrong = RIGHT.copy()
    wrong[1, 0, 0] += 100.0
    wrong[1, 0, 1] += 10.0
    wrong[1, 2, 3] += 0.5
    wrong[0] = 0.0
    assert heat(wrong, RIGHT, (1, 0, 0), 1e-9) == {"index": [1], "shape": [3, 4], "rows": ["3200", "0000", "0001"]}


def test_what_is_within_the_tolerance_is_right_and_what_is_not_a_number_is_neither():
    wrong = RIGHT[0] + np.array([[0.1, 0.2, 0, 0], [0, 0, np.nan, 0], [0, 0, 0, -np.inf]])
    assert heat(wrong, RIGHT[0], (1, 2), 0.15)["rows"] == ["0300", "0040", "0004"]


def test_a_vector_is_a_row():
    assert heat(np.zeros(3), np.array([0.0, 1.0, 0.0]), (1,), 1e-9) == {"index": [], "shape": [1, 3], "rows": ["030"]}


@pytest.mark.parametrize("shape", [(), (1,), (1, 1), (3, 1, 1)])
def test_one_number_is_no_picture(shape):
    assert heat(np.zeros(shape), np.ones(shape), (0,) * len(shape), 1e-9) is None


def test_a_large_slice_is_drawn_in_blocks_that_lose_no_error():
    right = np.zeros((100, 33))
    wrong = right.copy()
    wrong[99, 32] = 1.0
    rows = heat(wrong, right, (99, 32), 1e-9)["rows"]
    assert (len(rows), {len(row) for row in rows}) == (SIDE, {SIDE})
    assert "".join(rows).strip("0") == "3"
    assert rows[-1][-1] == "3"
