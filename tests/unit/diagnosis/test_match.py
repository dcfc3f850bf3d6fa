"""A mistake is recognised by its numbers, and by nothing less."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.diagnosis.match import Match, Seen, candidates
from autograder.errors import CheckFailed, Crashed
from autograder.model import Check, Mistake, Visibility
from autograder.wire import Handle, Opaque

CHECK = Check("f.values", "f", 1.0, "Said.", Visibility.PUBLIC, lambda student, case: None)
X = np.array([[0.3, -1.7], [2.9, 0.11]])
WRONG = CheckFailed("out is wrong.", tensor="out")


def bank(*names, entry_point="f", caught_by=("f.values",)):
    return [Mistake(name, entry_point, caught_by, f"You {name}.", dict) for name in names]


def seen(*answers, fault=WRONG, name="f"):
    return Seen([(name, answer if isinstance(answer, tuple) else (answer,)) for answer in answers], fault)


def explained(student, theirs, precision="float64", right=X, returns=("out",)):
    """Whether a student who returned `student` is explained by a mistake that returns `theirs`."""
    return Match({"f": returns}, precision).explains(seen(student), seen(theirs), seen(right, fault=None))


def test_the_same_numbers_are_recognised():
    assert explained(2 * X, 2 * X)


@pytest.mark.parametrize(("precision", "near", "far"), [("float64", 1e-12, 1e-6), ("float32", 1e-6, 1e-2)])
def test_numbers_to_the_last_digits_are_recognised_and_others_are_not(precision, near, far):
    assert explained(2 * X * (1 + near), 2 * X, precision)
    assert not explained(2 * X * (1 + far), 2 * X, precision)


def test_float32_code_is_recognised_by_its_own_closeness():
    assert explained((2 * X.astype(np.float32)), 2 * X, "float32")
    assert not explained((2 * X.astype(np.float32)), 2 * X, "float64")


def test_a_mistake_that_passes_the_case_explains_nothing():
    match = Match({"f": ("out",)}, "float64")
    assert not match.explains(seen(2 * X), seen(2 * X, fault=None), seen(X, fault=None))
    assert not match.explains(seen(2 * X), seen(2 * X, fault=Crashed("f raised.")), seen(X, fault=None))


@pytest.mark.parametrize(
    ("student", "theirs", "same"),
    [
        ((X, X), (X, X), True),
        ((X, X), (X, 2 * X), False),
        ((X,), (X, X), False),
        ({"w": X}, {"w": X}, True),
        ({"w": X}, {"W": X}, False),
        ({"w": X}, {"w": X, "b": X}, False),
        (X, X.T, False),
        (X, X.ravel(), False),
        (1.5, np.float64(1.5), True),
        (1.5, np.ones(1) * 1.5, False),
        (np.array([np.nan, 1.0]), np.array([np.nan, 1.0]), True),
        (np.array([np.nan, 1.0]), np.array([1.0, np.nan]), False),
        (np.array([np.inf, 1.0]), np.array([np.inf, 1.0]), True),
        (np.array([np.inf, 1.0]), np.array([-np.inf, 1.0]), False),
        (np.array([np.inf, 1.0]), np.array([2.0, 1.0]), False),
        (np.array([np.nan]), np.array([np.nan]), True),
        (np.array([True, False]), np.array([True, False]), True),
        (np.array([True, False]), np.array([True, True]), False),
        (np.array([True, False]), np.array([1.0, 0.0]), False),
        (np.zeros((0, 3)), np.zeros((0, 3)), True),
        (np.zeros(3), np.zeros(3), True),
        (np.full(3, 1e-300), np.zeros(3), False),
        (X + 0j, X + 0j, False),
        (X > 0, X > 0, True),
        (Handle(0, "dict"), Handle(7, "tuple"), True),
        (Opaque("set"), None, False),
        ("a", "b", False),
        ("a", "a", True),
        (X, None, False),
        (None, X, False),
        ([1.5, np.float64(2.0)], np.array([1.5, 2.0]), True),
        ([np.array(1.5), 2.0], np.array([1.5, 2.5]), False),
        ([True, False], np.array([1.0, 0.0]), False),
        ([1.5], np.array([[1.5]]), False),
    ],
    ids=str,
)
def test_values_of_all_kinds_are_told_apart(student, theirs, same):
    assert explained(([student],), ([theirs],)) is same


def test_only_the_outputs_of_the_mistakes_entry_points_are_compared():
    match = Match({"f": ("out",)}, "float64")
    student = Seen([("g", (X,)), ("f", (2 * X,))], WRONG)
    theirs = Seen([("g", (7 * X,)), ("f", (2 * X,))], WRONG)
    assert match.explains(student, theirs, theirs)


def test_as_many_calls_must_match():
    match = Match({"f": ("out",)}, "float64")
    assert not match.explains(seen(2 * X, 2 * X), seen(2 * X), seen(X, fault=None))
    assert not match.explains(seen(), seen(), seen(fault=None))


# ── one output at a time ───────────────────────────────────────────────────────────────────────

DX, DW, DB = X, X.T @ X, X[0]
GRADIENTS = ("dx", "dw", "db")


def in_dx(student, theirs, tensor="dx", right=(DX, DW, DB)):
    fault = CheckFailed(f"{tensor} is wrong.", tensor=tensor)
    match = Match({"f": GRADIENTS}, "float64")
    return match.explains(seen(student, fault=fault), seen(theirs, fault=fault), seen(right, fault=None))


def test_a_second_mistake_in_another_output_does_not_hide_the_first():
    assert in_dx((2 * DX, DW, 5 * DB), (2 * DX, DW, DB))
    assert in_dx((2 * DX, DW, 5 * DB), (DX, DW, 5 * DB), tensor="db")


def test_a_second_mistake_in_the_same_output_does():
    assert not in_dx((2 * DX + 1, DW, DB), (2 * DX, DW, DB))


def test_all_that_a_mistake_does_must_be_there():
    assert in_dx((2 * DX, 3 * DW, DB), (2 * DX, 3 * DW, DB))
    assert not in_dx((2 * DX, DW, DB), (2 * DX, 3 * DW, DB))  # the mistake spoils dw, too, and this dw is right


def test_a_mistake_that_leaves_the_output_right_does_not_explain_it():
    assert not in_dx((2 * DX, 3 * DW, DB), (DX, 3 * DW, DB))


def test_the_entries_of_a_dict_are_outputs():
    match = Match({"f": ("loss", "grads")}, "float64")
    fault = CheckFailed("W is wrong.", tensor="W")
    right, theirs = (1.0, {"W": DW, "b": DB}), (1.0, {"W": 2 * DW, "b": DB})
    student = (1.0, {"W": 2 * DW, "b": 7 * DB})
    assert match.explains(seen(student, fault=fault), seen(theirs, fault=fault), seen(right, fault=None))
    other = (1.0, {"W": 3 * DW, "b": DB})
    assert not match.explains(seen(other, fault=fault), seen(theirs, fault=fault), seen(right, fault=None))


# ── exceptions ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("error", "text", "same"),
    [
        ("ValueError", "could not broadcast (1, 0) into (3, 4)", True),
        ("ValueError", "could not broadcast (1, 0) into (3, 5)", False),
        ("IndexError", "could not broadcast (1, 0) into (3, 4)", False),
    ],
)
def test_the_same_exception_on_the_same_case_is_recognised(error, text, same):
    match = Match({"f": ("out",)}, "float64")
    theirs = seen(fault=Crashed("f raised.", "ValueError", "could not broadcast (1, 0) into (3, 4)"))
    assert match.explains(seen(fault=Crashed("f raised.", error, text)), theirs, seen(X, fault=None)) is same


def test_an_exception_without_words_could_be_anything():
    match = Match({"f": ("out",)}, "float64")
    crash = seen(fault=Crashed("f raised.", "AssertionError", ""))
    assert not match.explains(crash, crash, seen(X, fault=None))


# ── what speaks against a mistake ──────────────────────────────────────────────────────────────


def refuted(student, theirs, tensor="out", precision="float64"):
    return Match({"f": ("out", "more")}, precision).refutes(seen(student), seen(theirs), tensor)


def test_other_numbers_in_the_same_output_refute_a_mistake():
    assert refuted((2 * X, X), (3 * X, X))
    assert not refuted((2 * X, X), (2 * X, X))


def test_other_numbers_in_another_output_do_not():
    assert not refuted((2 * X, X), (2 * X, 9 * X))
    assert refuted((2 * X, X), (2 * X, 9 * X), tensor="an unknown output")


def test_rounding_refutes_nothing():
    assert not refuted((2 * X * (1 + 1e-8), X), (2 * X, X))
    assert not refuted((2 * X * (1 + 1e-4), X), (2 * X, X), precision="float32")


def test_an_overflow_refutes_nothing():
    match = Match({"f": ("out", "more")}, "float64")
    for lost in (np.full_like(X, np.nan), np.array([np.inf, *X.ravel()[1:]]).reshape(X.shape)):
        assert not match.refutes(Seen([("f", (lost, X))], WRONG), Seen([("f", (2 * X, X))], WRONG), "out")
    assert match.refutes(Seen([("f", (3 * X, X))], WRONG), Seen([("f", (2 * X, X))], WRONG), "out")


def test_a_mistake_in_another_function_of_the_students_refutes_nothing():
    match = Match({"f": ("out",)}, "float64")
    student = Seen([("g", (5 * X,)), ("f", (2 * X,))], WRONG)
    assert not match.refutes(student, Seen([("g", (X,)), ("f", (3 * X,))], WRONG), "out")


def test_mistakes_that_claim_the_check_come_first_and_strangers_never():
    other_check = bank("a", caught_by=("f.shape",))
    claimed = bank("b")
    through_g = bank("c", entry_point="g")
    stranger = bank("d", entry_point="g", caught_by=("g.values",))
    ordered = candidates(CHECK, [*other_check, *claimed, *through_g, *stranger])
    assert [mistake.name for mistake in ordered] == ["b", "c", "a"]
