"""Signatures: each corruption earns its name, and unrelated numbers earn none."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.diagnosis.signatures import signature

N, D, M = 4, 5, 3  # all different, so that every length has one meaning


def draw(seed, *shape):
    values = np.random.default_rng((seed, len(shape), *shape)).standard_normal(shape)
    return values + np.copysign(0.05, values)


def context(seed):
    return {"x": draw(seed, N, D), "w": draw(seed + 1, D, M), "b": draw(seed + 2, M), "dout": draw(seed + 3, N, M)}


def named(actual, expected, **options):
    found = signature(actual, expected, tensor="dx", **options)
    return found and found.mistake.removeprefix("generic:")


def says(actual, expected, **options):
    return signature(actual, expected, tensor="dx", **options).says


def changed(array, index, by=1.2345):
    array = array.copy()
    array[index] += by
    return array


# (name, what the student returned, given the right array and the context)
CORRUPTIONS = [
    ("zeros", lambda e, c: np.zeros_like(e)),
    ("sign", lambda e, c: -e),
    ("factor_two", lambda e, c: 2 * e),
    ("factor_half", lambda e, c: e / 2),
    ("factor_batch_size", lambda e, c: N * e),
    ("factor_one_over_batch_size", lambda e, c: e / N),
    ("factor_axis_length", lambda e, c: M * e),
    ("factor_one_over_axis_length", lambda e, c: e / M),
    ("factor_elements", lambda e, c: N * M * e),
    ("factor", lambda e, c: 3.2 * e),
    ("factor", lambda e, c: -e / 1.7),
    ("flipped", lambda e, c: e[::-1]),
    ("flipped", lambda e, c: e[::-1, ::-1]),
    ("reshaped_for_transposed", lambda e, c: e.T.reshape(e.shape)),
    ("reshaped_for_transposed", lambda e, c: e.reshape(e.T.shape).T),
    ("rearranged", lambda e, c: np.roll(e, 2)),
    ("is_x", lambda e, c: c["x"]),
    ("mean_subtracted", lambda e, c: e - e.mean(axis=0)),
    ("missing_factor_x", lambda e, c: e / c["x"]),
    ("extra_factor_x", lambda e, c: e * c["x"]),
    ("missing_term_x", lambda e, c: e - 0.01 * c["x"]),
    ("extra_term_x", lambda e, c: e + c["x"]),
    ("offset", lambda e, c: e + 0.7),
    ("single_element", lambda e, c: changed(e, (2, 1))),
    ("only_last_right", lambda e, c: np.vstack([0 * e[:-1], e[-1:]])),
    ("only_first_right", lambda e, c: np.vstack([e[:1], e[1:] + np.arange(15.0).reshape(3, 5) ** 2 + 1])),
    ("only_first_wrong", lambda e, c: changed(e, 0, np.arange(1.0, 6) ** 2)),
    ("only_last_wrong", lambda e, c: changed(e, -1, np.arange(1.0, 6) ** 2)),
    ("some_slices_wrong", lambda e, c: changed(e, 1, np.arange(1.0, 6) ** 2)),
    ("border", lambda e, c: np.pad(e[1:-1, 1:-1], 1)),
    ("wrong_where_x_is_negative", lambda e, c: np.where(c["x"] < 0, e**3 + 1, e)),
    ("wrong_where_x_is_positive", lambda e, c: np.where(c["x"] > 0, e**3 + 1, e)),
    ("extra_zeros", lambda e, c: e * (np.arange(20).reshape(4, 5) % 3 > 0)),
    ("factor_along_axis", lambda e, c: e * np.arange(1.5, 6)),
    ("offset_along_axis", lambda e, c: e + np.arange(1.0, 5)[:, None] ** 2),
    ("not_finite", lambda e, c: e * np.nan),
    ("not_finite_in_places", lambda e, c: changed(e, (1, 1), np.inf)),
    ("transposed", lambda e, c: e.T),
    ("not_reshaped", lambda e, c: e.ravel()),
    ("axes_of_length_one", lambda e, c: e[None]),
    ("summed_too_far", lambda e, c: e.sum(axis=0)),
    ("averaged_too_far", lambda e, c: e.mean()),
    ("broadcast", lambda e, c: np.stack([e, e, e])),
    ("not_summed", lambda e, c: np.stack([e / 3, e / 6, e / 2])),
    ("not_averaged", lambda e, c: np.stack([e / 2, e / 2, 2 * e])),
    ("shape_transposed", lambda e, c: e.T**3),
    ("batch_axis_missing", lambda e, c: e[0] ** 3),
]


@pytest.mark.parametrize(("name", "corrupt"), CORRUPTIONS)
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None, derandomize=True)
def test_each_corruption_earns_its_name(name, corrupt, seed):
    expected, given_arrays = draw(seed + 9, N, D), context(seed)
    with np.errstate(all="ignore"):
        actual = corrupt(expected, given_arrays)
    assert named(actual, expected, context=given_arrays) == name


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None, derandomize=True)
def test_corruptions_that_need_a_special_right_answer(seed):
    x, other = draw(seed, 4, 4), draw(seed + 1, 4, 4)
    assert named(x.T, x) == "transposed"
    assert named(x, x - x.mean(axis=1, keepdims=True)) == "mean_not_subtracted"
    assert named(x, x * (np.arange(16).reshape(4, 4) % 3 > 0)) == "mask_missing"
    image = draw(seed, 2, 3, 4, 5)
    assert named(image.transpose(0, 2, 1, 3), image.reshape(2, 3, 4, 5)) == "transposed"
    assert named(np.flip(image, (-2, -1)), image) == "flipped"
    assert named(20 * image, image, context={"dout": image}) == "factor_positions"
    assert named(image.reshape(2, -1) ** 3, image) == "shape_flattened"
    gamma = draw(seed, 5)
    assert named(x[:, :3], x[:, :3] * gamma[:3], context={"gamma": gamma[:3]}) == "missing_factor_gamma"
    hole = x.copy()
    hole[1, 2] = 0
    broken = np.where(hole == 0, np.nan, other)
    assert named(broken, other, context={"std": hole}) == "not_finite_where_std_is_zero"


def test_unrelated_arrays_have_no_name():
    contents = {
        "normal": lambda rng, shape: rng.standard_normal(shape),
        "whole": lambda rng, shape: rng.integers(1, 5, shape) * rng.choice([-1.0, 1.0], shape),
    }
    wrong = []
    for content, make in contents.items():
        for seed in range(500):
            rng = np.random.default_rng((1, seed))
            n, d, m = rng.integers(1, 5, 3)
            arrays = {"x": make(rng, (n, d)), "w": make(rng, (d, m)), "b": make(rng, (m,)), "dout": make(rng, (n, m))}
            name = named(make(rng, (n, d)), arrays["dout"] @ arrays["w"].T, context=arrays)
            wrong += [(content, seed, name)] if name else []
    assert wrong == []


def test_right_answers_have_no_name():
    x = draw(0, N, D)
    assert named(x, x) is None
    assert named(x * (1 + 1e-12), x) is None


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (3.0, 2.0),  # a factor or an offset
        ([[2.5]], [[1.1]]),
        ([2.0, 2.0, 2.0], [1.0, 1.0, 1.0]),  # a factor or an offset
        ([2.0, 4.0], [1.0, 2.0]),  # whole numbers coincide
        ([1.0, -1.0], [-1.0, 1.0]),  # a sign or a flip
        ([1.0, 2.0], [0.0, 0.0]),
        (["a"], [1.0]),
        ([1.0], [np.nan]),
        ([], []),
    ],
)
def test_too_little_to_tell(actual, expected):
    assert named(np.array(actual), np.array(expected)) is None


def test_a_single_number_shows_a_sign_or_a_length():
    loss, x = np.array(1.2345678), draw(0, 4, 3)
    assert named(4 * loss, loss, context={"x": x}) == "factor_batch_size"
    assert named(-loss, loss, context={"x": x}) == "sign"
    assert named(4.1 * loss, loss, context={"x": x}) is None


def test_lengths_that_agree_blame_nobody():
    x = draw(0, 3, 3)
    assert says(3 * x, x, context={"x": x.T}) == "dx is 3 times too large."


def test_float32_numbers_need_a_tolerance_of_their_own():
    x = draw(0, N, D)
    actual = (-x).astype(np.float32)
    assert named(actual, x) is None
    assert named(actual, x, tolerance=1e-4) == "sign"


def test_sentences():
    x, given_arrays = draw(0, N, D), context(1)
    assert says(N * x, x, context=given_arrays) == (
        "dx is 4 times too large, and 4 is the batch size: is a division by it missing?"
    )
    assert says(x / N, x, context=given_arrays) == (
        "dx is 4 times too small, and 4 is the batch size: is it divided by once too often, "
        "or averaged where it must be summed?"
    )
    assert says(3.2 * x, x) == "dx is too large by a factor of 3.2."
    assert says(x - 0.01 * given_arrays["x"], x, context=given_arrays) == (
        "A term 0.01·x is missing from dx, or a term of that size too small."
    )
    dout = draw(3, N, D)
    assert says(dout, x, context={"dout": dout}) == "dx is dout itself: the local derivative is missing."
    assert says(np.stack([x / 2, x / 2]), x) == "dx is not summed over axis 0: its sum over axis 0 is right."


def test_a_call_takes_less_than_5_ms():
    given_arrays, expected, actual = context(0), draw(1, 8, 6, 7, 7), draw(2, 8, 6, 7, 7)
    given_arrays |= {"image": draw(3, 8, 6, 7, 7), "mean": draw(4, 6)}
    named(actual, expected, context=given_arrays)
    start = time.process_time()
    for _ in range(20):
        named(actual, expected, context=given_arrays)
    assert (time.process_time() - start) / 20 <= 5e-3
