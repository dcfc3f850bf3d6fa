"""A mistake is recognised by its numbers, and by nothing less."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.diagnosis.match import candidates, match
from autograder.model import Check, Diagnosis, Mistake, Visibility
from autograder.wire import Handle, Opaque

CHECK = Check("f.values", "f", 1.0, "Said.", Visibility.PUBLIC, lambda student, case: None)
X = np.array([[0.3, -1.7], [2.9, 0.11]])


def bank(*names, entry_point="f", caught_by=("f.values",)):
    return [Mistake(name, entry_point, caught_by, f"You {name}.", lambda: None) for name in names]


def found(student, theirs, precision="float64", mistakes=None):
    """The diagnosis for a student who returned `student` where the only mistake returns `theirs`."""
    trace = None if theirs is None else [("f", (theirs,))]
    return match(CHECK, mistakes or bank("double"), [("f", (student,))], precision, lambda mistake: trace)


def test_the_same_numbers_are_recognised():
    assert found(2 * X, 2 * X) == Diagnosis("double", "You double.")


@pytest.mark.parametrize(("precision", "near", "far"), [("float64", 1e-12, 1e-6), ("float32", 1e-6, 1e-2)])
def test_numbers_to_the_last_digits_are_recognised_and_others_are_not(precision, near, far):
    assert found(2 * X * (1 + near), 2 * X, precision) is not None
    assert found(2 * X * (1 + far), 2 * X, precision) is None


def test_float32_code_is_recognised_by_its_own_closeness():
    assert found((2 * X.astype(np.float32)), 2 * X, "float32") is not None
    assert found((2 * X.astype(np.float32)), 2 * X, "float64") is None


def test_a_mistake_that_passes_the_case_explains_nothing():
    assert found(2 * X, None) is None


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
        (np.zeros((0, 3)), np.zeros((0, 3)), True),
        (np.zeros(3), np.zeros(3), True),
        (np.full(3, 1e-300), np.zeros(3), False),
        (X + 0j, X + 0j, False),
        (X > 0, X > 0, False),
        (Handle(0, "dict"), Handle(7, "tuple"), True),
        (Opaque("set"), None, False),
        ("a", "b", False),
        ("a", "a", True),
        (X, None, False),
        (None, X, False),
    ],
    ids=str,
)
def test_values_of_all_kinds_are_told_apart(student, theirs, same):
    assert (found(student, theirs) is not None) is same


def test_only_the_outputs_of_the_mistakes_entry_point_are_compared():
    student = [("g", (X,)), ("f", (2 * X,))]
    theirs = [("g", (7 * X,)), ("f", (2 * X,))]
    assert match(CHECK, bank("double"), student, "float64", lambda mistake: theirs) is not None


def test_as_many_calls_must_match():
    student = [("f", (2 * X,)), ("f", (2 * X,))]
    assert match(CHECK, bank("double"), student, "float64", lambda mistake: student[:1]) is None
    assert match(CHECK, bank("double"), [], "float64", lambda mistake: []) is None


def test_mistakes_that_claim_the_check_come_first_and_strangers_never():
    other_check = bank("a", caught_by=("f.shape",))
    claimed = bank("b")
    through_g = bank("c", entry_point="g")
    stranger = bank("d", entry_point="g", caught_by=("g.values",))
    ordered = candidates(CHECK, [*other_check, *claimed, *through_g, *stranger])
    assert [mistake.name for mistake in ordered] == ["b", "c", "a"]


def test_the_first_that_fits_is_named():
    diagnosis = found(2 * X, 2 * X, mistakes=bank("first", "second"))
    assert diagnosis is not None
    assert diagnosis.mistake == "first"
