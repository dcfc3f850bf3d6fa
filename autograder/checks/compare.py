"""Comparing what a student returned with what is right, and saying the difference in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.checks.student import Student, describe
from autograder.checks.tolerance import BY_HAND, TOLERANCES, Tolerance
from autograder.errors import CheckFailed, GraderFault

Array = np.ndarray[Any, np.dtype[Any]]
ALMOST = "is only as close as finite differences or float32 come: derive it by hand, and compute it in float64;"


def expect(student: Student, **pairs: tuple[Any, Any]) -> None:
    """Each `name=(actual, expected)` must be equal within the student's tolerance for an output of that name.

    Shapes must agree up to axes of length one: (1, M) for (M,) is a detail, which `expect_shape` judges apart.
    Dicts are compared key by key. Raises `CheckFailed` for the first that differs."""
    for name, (actual, expected) in pairs.items():
        _expect(student.tolerance(name), name, actual, expected)


def _expect(tolerance: Tolerance, name: str, actual: Any, expected: Any) -> None:
    if isinstance(expected, Mapping):
        _expect_dict(tolerance, name, actual, expected)
    else:
        _expect_array(tolerance, name, actual, np.asarray(expected, dtype=np.float64))


def expect_shape(**pairs: tuple[Any, tuple[int, ...]]) -> None:
    """Each `name=(actual, shape)` must have exactly that shape."""
    for name, (actual, shape) in pairs.items():
        if numeric(name, actual).shape != shape:
            raise CheckFailed(
                f"{name} has shape {np.shape(actual)}; it must be {shape}.",
                tensor=name,
                counterexample={"expected_shape": list(shape), "actual_shape": list(np.shape(actual))},
            )


def numeric(name: str, value: Any) -> Array:
    """`value` as an array of floats; CheckFailed when it is anything else."""
    if isinstance(value, bool | int | float | np.generic):
        value = np.asarray(value)
    if not isinstance(value, np.ndarray):
        raise CheckFailed(f"{name} is {describe(value)}; it must be a NumPy array of floats.", tensor=name)
    if value.dtype not in (np.float64, np.float32) and not (value.shape == () and value.dtype.kind in "iu"):
        raise CheckFailed(f"{name} has dtype {value.dtype}; it must be float64.", tensor=name)
    return value


def _expect_dict(tolerance: Tolerance, name: str, actual: Any, expected: Mapping[str, Any]) -> None:
    if not isinstance(actual, dict):
        raise CheckFailed(f"{name} is {describe(actual)}; it must be a dict.", tensor=name)
    missing, surplus = sorted(expected.keys() - actual.keys()), sorted(actual.keys() - expected.keys())
    if missing:
        also = f" (it has {', '.join(surplus)[:80]})" if surplus else ""
        raise CheckFailed(f"{name} lacks {', '.join(missing)}{also}.", tensor=name)
    for key, value in expected.items():
        _expect(tolerance, key, actual[key], value)


def _expect_array(tolerance: Tolerance, name: str, actual: Any, expected: Array) -> None:
    if not np.isfinite(expected).all():
        raise GraderFault(f"the expected {name} is not finite, so nothing can be compared with it")
    actual = numeric(name, actual)
    if without_ones(actual.shape) != without_ones(expected.shape):
        raise CheckFailed(
            f"{name} has shape {actual.shape}; it must be {expected.shape}.",
            tensor=name,
            actual=actual,
            expected=expected,
            counterexample={"expected_shape": list(expected.shape), "actual_shape": list(actual.shape)},
        )
    actual = actual.astype(np.float64).reshape(expected.shape)
    if not np.isfinite(actual).all():
        worst = _index(~np.isfinite(actual))
        raise _mismatch(f"{name} holds {_number(actual[worst])}", name, actual, expected, worst)
    error = np.abs(actual - expected)
    if not (error <= tolerance.bound(expected)).all():
        worst = tuple(int(i) for i in np.unravel_index(int(np.argmax(error)), error.shape))
        if tolerance is BY_HAND["float64"] and (error <= TOLERANCES["float32"].bound(expected)).all():
            raise _mismatch(f"{name} {ALMOST}", name, actual, expected, worst)
        raise _mismatch(f"{name} is wrong", name, actual, expected, worst)


def _mismatch(what: str, name: str, actual: Array, expected: Array, worst: tuple[int, ...]) -> CheckFailed:
    where = f" at {list(worst)}" if worst else ""
    return CheckFailed(
        f"{what}{where}: yours is {_number(actual[worst])}, it must be {_number(expected[worst])}.",
        tensor=name,
        actual=actual,
        expected=expected,
        counterexample={
            "tensor": name,
            "worst_index": list(worst),
            "expected": plain(expected[worst]),
            "actual": plain(actual[worst]),
        },
    )


def without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    """`shape` without its axes of length one."""
    return tuple(length for length in shape if length != 1)


def _index(mask: Array) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argwhere(mask)[0])


def _number(value: Any) -> str:
    return f"{float(value):.6g}"


def plain(value: Any) -> Any:
    """A number as JSON can hold it: NaN and infinities become strings."""
    number = float(value)
    return number if np.isfinite(number) else str(number)
