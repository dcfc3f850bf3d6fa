"""Right is accepted, wrong is refused, and the sentence says how it differs."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pytest

from autograder.checks.compare import expect, expect_shape, numeric, plain
from autograder.checks.tolerance import BY_HAND, TOLERANCES, precision_of
from autograder.errors import CheckFailed, GraderFault
from autograder.wire import Handle, Opaque

RIGHT = np.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]])


def compare(actual, expected=RIGHT, precision="float64", table=TOLERANCES):
    expect(SimpleNamespace(tolerance=lambda name: table[precision]), dx=(actual, expected))


def refusal(actual, expected=RIGHT, precision="float64", table=TOLERANCES) -> CheckFailed:
    with pytest.raises(CheckFailed) as refused:
        compare(actual, expected, precision, table)
    return refused.value


# ── accepted ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (RIGHT.copy(), RIGHT),
        (RIGHT * (1 + 1e-10), RIGHT),
        (RIGHT.astype(np.float32), RIGHT),
        (np.array([[1.0, 2.0]]), np.array([1.0, 2.0])),
        (np.array([1.0, 2.0]), np.array([[1.0], [2.0]])),
        (np.float64(3.0), 3.0),
        (3.0, np.array([3.0])),
        (3, 3.0),
        (np.int64(3), 3.0),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        ({"w": RIGHT, "b": 1.0, "more": None}, {"w": RIGHT, "b": 1.0}),
    ],
    ids=[
        "equal",
        "rounded",
        "float32 dtype",
        "(1, M) for (M,)",
        "(M,) for (M, 1)",
        "a scalar",
        "a float for (1,)",
        "an int",
        "an int scalar",
        "empty",
        "a dict with more than is asked for",
    ],
)
def test_what_is_right_is_accepted(actual, expected):
    compare(actual, expected)


def test_the_bound_is_relative_to_the_largest_number_and_inclusive():
    expected = np.array([0.0, 1000.0])
    bound = TOLERANCES["float64"].bound(expected)
    assert bound == pytest.approx(1e-6, rel=1e-5)
    compare(np.array([bound, 1000.0]), expected)
    refusal(np.array([np.nextafter(bound, 1), 1000.0]), expected)


def test_float32_is_judged_by_its_own_tolerance():
    rough = RIGHT * (1 + 1e-5)
    compare(rough, precision="float32")
    assert str(refusal(rough)) == (
        "dx is wrong at [1, 2]: yours is -6.00006, it must be -6; they differ by 6e-05, and 6e-09 is allowed."
    )
    assert str(refusal(RIGHT * 1.001, precision="float32")) == "dx is wrong at [1, 2]: yours is -6.006, it must be -6."


def test_a_gradient_by_hand_is_closer_than_finite_differences_come():
    compare(RIGHT * (1 + 5e-13), table=BY_HAND)
    for error in (1e-11, 1e-8, 6e-8):
        said = str(refusal(RIGHT * (1 + error), table=BY_HAND))
        assert said.startswith("dx is only as close as finite differences or float32 come: derive it by hand"), said
    assert str(refusal(RIGHT * 1.1, table=BY_HAND)).startswith("dx is wrong at")
    compare(RIGHT * (1 + 1e-5), precision="float32", table=BY_HAND)


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_a_method_with_an_error_of_its_own_is_allowed_it_and_no_more(precision):
    student = SimpleNamespace(tolerance=lambda name: TOLERANCES[precision])
    expect(student, 0.01, H=(RIGHT + 0.009, RIGHT))
    expect(student, 0.0, H=(RIGHT * (1 + 1e-10), RIGHT))  # never less than rounding takes
    with pytest.raises(CheckFailed, match=r"^H is wrong at \[0, 0\]: yours is 1\.02, it must be 1\.$"):
        expect(student, 0.01, H=(RIGHT + 0.02, RIGHT))


# ── refused ────────────────────────────────────────────────────────────────────────────────────

WRONG = RIGHT.copy()
WRONG[0, 1] = 7.5
HOLED = RIGHT.copy()
HOLED[1, 0] = np.nan
ROWS = [
    (WRONG, RIGHT, "dx is wrong at [0, 1]: yours is 7.5, it must be -2."),
    (HOLED, RIGHT, "dx holds nan at [1, 0]: yours is nan, it must be 4."),
    (RIGHT * np.inf, RIGHT, "dx holds inf at [0, 0]: yours is inf, it must be 1."),
    (RIGHT.T, RIGHT, "dx has shape (3, 2); it must be (2, 3)."),
    (RIGHT[0], RIGHT, "dx has shape (3,); it must be (2, 3)."),
    (np.array([[1.0, 2.0]]), np.zeros((2, 2)), "dx has shape (1, 2); it must be (2, 2)."),
    (4.0, RIGHT, "dx has shape (); it must be (2, 3)."),
    (2.0, 3.0, "dx is wrong: yours is 2, it must be 3."),
    (RIGHT.astype(int), RIGHT, "dx has dtype int64; it must be float64."),
    (RIGHT.astype(complex), RIGHT, "dx has dtype complex128; it must be float64."),
    (RIGHT.astype(np.float16), RIGHT, "dx has dtype float16; it must be float64."),
    (RIGHT > 0, RIGHT, "dx has dtype bool; it must be float64."),
    (True, 1.0, "dx has dtype bool; it must be float64."),
    (None, RIGHT, "dx is None; it must be a NumPy array of floats."),
    ("text", RIGHT, "dx is a str; it must be a NumPy array of floats."),
    (RIGHT.tolist(), RIGHT, "dx is a list of 2 values; it must be a NumPy array of floats."),
    ((RIGHT,), RIGHT, "dx is a tuple of 1 value; it must be a NumPy array of floats."),
    (Opaque("Tensor"), RIGHT, "dx is a value of type Tensor; it must be a NumPy array of floats."),
    (Handle(0, "dict"), RIGHT, "dx is a value of type dict; it must be a NumPy array of floats."),
    (RIGHT, {"w": RIGHT}, "dx is one array of shape (2, 3); it must be a dict."),
    ({}, {"w": RIGHT, "b": 1.0}, "dx lacks b, w."),
    ({"W": RIGHT, "B": 2}, {"w": RIGHT}, "dx lacks w (it has B, W)."),
    ({"w": WRONG}, {"w": RIGHT}, "w is wrong at [0, 1]: yours is 7.5, it must be -2."),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[2][:50])
def test_what_is_wrong_is_refused_with_the_sentence(row):
    actual, expected, sentence = row
    assert str(refusal(actual, expected)) == sentence


def test_a_refusal_carries_the_arrays_and_plain_numbers():
    fault = refusal(HOLED)
    assert fault.tensor == "dx"
    assert np.array_equal(fault.actual, HOLED, equal_nan=True)
    assert np.array_equal(fault.expected, RIGHT)
    found = {"expected": 4.0, "actual": "nan", "difference": "nan", "allowed": 1e-9 * 6 + 1e-12}
    heat = {"index": [], "shape": [2, 3], "rows": ["000", "400"]}
    assert fault.counterexample == {"tensor": "dx", "worst_index": [1, 0], **found, "heat": heat}


def test_numbers_that_differ_in_the_last_digits_look_different():
    close = RIGHT.copy()
    close[0, 1] *= 1 + 1e-7
    assert re.fullmatch(
        r"dx is wrong at \[0, 1\]: yours is -?2\.0000002, it must be -?2; "
        r"they differ by 2e-07, and 6e-09 is allowed\.",
        str(refusal(close)),
    )


def test_what_an_axis_counts_is_named():
    def fault(**options):
        with pytest.raises(CheckFailed) as caught:
            expect(SimpleNamespace(tolerance=lambda name: TOLERANCES["float64"]), update=(2 * RIGHT, RIGHT), **options)
        return caught.value

    assert str(fault(axes=("step",))) == ("update is wrong in step 2 of 2, at [1, 2]: yours is -12, it must be -6.")
    assert fault(axes=("step",)).axes == ("step",)
    assert str(fault()) == "update is wrong at [1, 2]: yours is -12, it must be -6."
    assert refusal(RIGHT[0]).counterexample == {"expected_shape": [2, 3], "actual_shape": [3]}


def test_the_first_pair_that_differs_is_the_one_that_is_said():
    student = SimpleNamespace(tolerance=lambda name: TOLERANCES["float64"])
    with pytest.raises(CheckFailed, match=r"^dw is wrong: yours is 1, it must be 2\.$"):
        expect(student, dx=(1.0, 1.0), dw=(1.0, 2.0), db=(1.0, 3.0))


@pytest.mark.parametrize("expected", [np.nan, np.inf, np.array([1.0, -np.inf])])
def test_an_oracle_that_is_not_finite_is_the_graders_fault(expected):
    with pytest.raises(GraderFault, match=r"^the expected dx is not finite, so nothing can be compared with it$"):
        compare(np.ones(2), expected)


def test_exact_shapes_are_judged_apart():
    expect_shape(out=(np.zeros((1, 3)), (1, 3)), loss=(1.0, ()))
    with pytest.raises(CheckFailed, match=r"^out has shape \(1, 3\); it must be \(3,\)\.$") as refused:
        expect_shape(out=(np.zeros((1, 3)), (3,)))
    assert refused.value.counterexample == {"expected_shape": [3], "actual_shape": [1, 3]}
    with pytest.raises(CheckFailed, match=r"^out is None; it must be a NumPy array of floats\.$"):
        expect_shape(out=(None, (3,)))


def test_numbers_become_what_json_holds():
    assert [plain(v) for v in (1, np.float32(0.5), np.nan, -np.inf)] == [1.0, 0.5, "nan", "-inf"]


def test_numeric_leaves_floats_alone():
    assert numeric("x", RIGHT) is RIGHT


# ── precision ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "precision"),
    [
        (np.float32(0.1), "float32"),
        (np.array([0.1, 0.2], np.float32), "float32"),
        (np.array([0.1, 0.2], np.float32).astype(np.float64), "float32"),
        (np.array([0.1, 0.2]), "float64"),
        (np.array([1.0, 2.0, -0.5, 0.25]), "float64"),
        (np.zeros(3), "float64"),
        (np.zeros(0), "float64"),
        (np.zeros(0, np.float32), "float32"),
        (np.arange(3), "float64"),
        (np.array([1e300, 0.1]), "float64"),
        (np.array([np.nan, 0.1]), "float64"),
        (1.5, "float64"),
    ],
    ids=str,
)
def test_precision_is_read_off_the_numbers(value, precision):
    assert precision_of(value) == precision
