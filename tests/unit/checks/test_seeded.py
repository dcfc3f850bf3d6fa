"""Whether randomness comes from the generator that was given: both ways to go wrong are told apart."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.checks.seeded import expect_seeded
from autograder.errors import CheckFailed

A, B = np.array([1.0]), np.array([2.0])


def test_seeds_decide():
    expect_seeded("w", A, A, B)
    expect_seeded("labels", [1, 2], [1, 2], [2, 1])
    with pytest.raises(CheckFailed, match="The same seed gives different w; draw every number from rng"):
        expect_seeded("w", A, B, A)
    with pytest.raises(CheckFailed, match="Every seed gives the same w; draw from rng, and seed no generator yourself"):
        expect_seeded("w", A, A, A)


@pytest.mark.parametrize("value", [None, "w", [[1.0], [1.0, 2.0]], np.array([np.nan])])
def test_what_is_not_numbers_never_passes(value):
    with pytest.raises(CheckFailed):
        expect_seeded("w", value, value, value)
