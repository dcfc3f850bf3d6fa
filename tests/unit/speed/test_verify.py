"""What passes as computed: everything that float32 does, and nothing coarser."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.speed.verify import TOLERANCE, relative_error, wrong

SEEDS = st.integers(0, 2**32 - 1)


def perturbed(seed: int, size: float) -> tuple[np.ndarray, np.ndarray]:
    """An array of unit variance, and another at a relative distance of `size`."""
    rng = np.random.default_rng(seed)
    right, noise = rng.standard_normal((2, 7, 11))
    return right + noise * size * np.linalg.norm(right) / np.linalg.norm(noise), right


# Two digits that a last bit cannot round the other way, as it can 1.25.
TOO_LARGE = st.builds(lambda digits, power: digits * 10.0**power, st.integers(11, 99), st.integers(-6, -1))


@given(seed=SEEDS, size=TOO_LARGE)
def test_an_error_above_the_tolerance_is_told(seed, size):
    given_, right = perturbed(seed, size)
    assert wrong({"out": given_}, {"out": right}) == f"out is off by {size:.1e} of its size; 1e-05 is allowed"


@given(seed=SEEDS, size=st.floats(0.0, 0.99 * TOLERANCE))
def test_an_error_below_the_tolerance_passes(seed, size):
    given_, right = perturbed(seed, size)
    assert wrong({"out": given_}, {"out": right}) is None


@given(seed=SEEDS)
def test_single_precision_passes_and_half_does_not(seed):
    rng = np.random.default_rng(seed)
    a, b = rng.standard_normal((2, 48, 48))
    single = a.astype(np.float32) @ b.astype(np.float32)
    half = (a.astype(np.float16) @ b.astype(np.float16)).astype(np.float32)
    assert wrong({"out": single}, {"out": a @ b}) is None
    assert "off by" in wrong({"out": half}, {"out": a @ b})


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_not_there(value):
    right = np.ones((2, 3))
    some = right.copy()
    some[0, 1] = value
    assert wrong({"dx": some}, {"dx": right}) == (
        "1 of 6 numbers of dx were not there, or not finite, when the clock was read"
    )
    assert wrong({"dx": np.full((2, 3), value)}, {"dx": right}) == "no number of dx was there when the clock was read"


def test_a_shape_that_would_broadcast_is_told():
    assert wrong({"out": np.ones((1, 3))}, {"out": np.ones((2, 3))}) == "out has shape (1, 3) instead of (2, 3)"


def test_every_output_is_judged():
    right = {"dx": np.ones(3), "dw": np.ones(4)}
    assert wrong(right, right) is None
    assert wrong({**right, "dw": 2 * right["dw"]}, right).startswith("dw is off by")


def test_one_wrong_number_among_thousands_is_found():
    right = np.random.default_rng(11).standard_normal((100, 100))
    given_ = right.copy()
    given_[42, 7] = 0.0
    assert wrong({"out": given_}, {"out": right})


def test_where_zero_is_right_the_error_is_absolute():
    assert relative_error(np.full(4, 0.5), np.zeros(4)) == pytest.approx(1.0)
    assert wrong({"db": np.zeros(4)}, {"db": np.zeros(4)}) is None


def test_numbers_that_overflow_are_off():
    assert wrong({"out": np.full(3, 3e38, np.float32)}, {"out": np.ones(3)}).startswith("out is off by")
