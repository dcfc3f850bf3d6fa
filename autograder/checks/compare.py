"""Comparing what a student returned with what is right, and saying the difference in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.checks.heat import heat
from autograder.checks.numbers import gap, told_apart
from autograder.checks.student import Student, describe
from autograder.checks.tolerance import BY_HAND, TOLERANCES, Tolerance
from autograder.errors import CheckBroke, CheckFailed

Array = np.ndarray[Any, np.dtype[Any]]
ALMOST = "is only as close as finite differences or float32 come: derive it by hand, and compute it in float64;"


def expect(student: Student, allowed: float = 0.0, /, *, axes: Sequence[str] = (), **pairs: tuple[Any, Any]) -> None:
    """Each `name=(actual, expected)` must be equal within the student's tolerance for an output of that name.

    Shapes must agree up to axes of length one: (1, M) for (M,) is a detail, which `expect_shape` judges apart.
    Dicts are compared key by key. `axes` says what the first axes count ("step", "example"), for the sentence.
    `allowed` is a larger absolute difference that counts as equal, where a right method has an error of its own: that
    of finite differences, for one. Raises `CheckFailed` for the first that differs.

    >>> import numpy as np
    >>> from autograder import expect
    >>> x = np.array([1.0, 2.0])
    >>> expect(student, out=(student.double(x), 2 * x))
    >>> expect(student, out=(student.double(x), 3 * x))
    Traceback (most recent call last):
    ...
    autograder.errors.CheckFailed: out is wrong at [1]: yours is 4, it must be 6.
    """
    for name, (actual, expected) in pairs.items():
        tolerance = student.tolerance(name)
        if allowed > tolerance.absolute:
            tolerance = Tolerance(tolerance.relative, allowed)
        _expect(tolerance, name, actual, expected, axes)


def _expect(tolerance: Tolerance, name: str, actual: Any, expected: Any, axes: Sequence[str]) -> None:
    if isinstance(expected, Mapping):
        _expect_dict(tolerance, name, actual, expected, axes)
    else:
        _expect_array(tolerance, name, actual, np.asarray(expected, dtype=np.float64), axes)


def expect_shape(**pairs: tuple[Any, tuple[int, ...]]) -> None:
    """Each `name=(actual, shape)` must have exactly that shape.

    >>> import numpy as np
    >>> from autograder import expect_shape
    >>> expect_shape(db=(np.zeros((1, 3)), (3,)))
    Traceback (most recent call last):
    ...
    autograder.errors.CheckFailed: db has shape (1, 3); it must be (3,).
    """
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


def _expect_dict(
    tolerance: Tolerance, name: str, actual: Any, expected: Mapping[str, Any], axes: Sequence[str]
) -> None:
    if not isinstance(actual, dict):
        raise CheckFailed(f"{name} is {describe(actual)}; it must be a dict.", tensor=name)
    missing, surplus = sorted(expected.keys() - actual.keys()), sorted(actual.keys() - expected.keys())
    if missing:
        also = f" (it has {', '.join(surplus)[:80]})" if surplus else ""
        raise CheckFailed(f"{name} lacks {', '.join(missing)}{also}.", tensor=name)
    for key, value in expected.items():
        _expect(tolerance, key, actual[key], value, axes)


def _expect_array(tolerance: Tolerance, name: str, actual: Any, expected: Array, axes: Sequence[str]) -> None:
    bound = tolerance.bound(expected)
    if not bound < np.inf:
        raise CheckBroke(f"the expected {name} is not finite, so nothing can be compared with it")
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
    error = np.abs(actual - expected)
    if (error <= bound).all():  # so it is finite, too
        return
    if not np.isfinite(actual).all():
        worst = _index(~np.isfinite(actual))
        raise _mismatch(f"{name} holds {actual[worst]:g}", name, actual, expected, worst, bound, axes)
    worst = tuple(int(i) for i in np.unravel_index(int(np.argmax(error)), error.shape))
    almost = tolerance is BY_HAND["float64"] and (error <= TOLERANCES["float32"].bound(expected)).all()
    raise _mismatch(f"{name} {ALMOST if almost else 'is wrong'}", name, actual, expected, worst, bound, axes)


def _mismatch(
    what: str,
    name: str,
    actual: Array,
    expected: Array,
    worst: tuple[int, ...],
    bound: float,
    axes: Sequence[str],
) -> CheckFailed:
    mine, right = float(actual[worst]), float(expected[worst])
    found, wanted = told_apart(mine, right)
    return CheckFailed(
        f"{what}{_place(worst, expected.shape, axes)}: yours is {found}, it must be {wanted}{gap(mine, right, bound)}.",
        tensor=name,
        actual=actual,
        expected=expected,
        axes=axes,
        counterexample={
            "tensor": name,
            "worst_index": list(worst),
            "expected": plain(right),
            "actual": plain(mine),
            "difference": plain(abs(mine - right)),
            "allowed": bound,
            **({"heat": drawn} if (drawn := heat(actual, expected, worst, bound)) else {}),
        },
    )


def _place(worst: tuple[int, ...], shape: tuple[int, ...], axes: Sequence[str]) -> str:
    """Where: ` in step 2 of 5, at [1, 0]`, steps counted from 1 as people do, indices from 0 as NumPy does."""
    counted = [f"{axis} {i + 1} of {length}" for axis, i, length in zip(axes, worst, shape, strict=False)]
    told = f" in {', '.join(counted)}," if counted else ""
    return f"{told} at {list(worst)}" if worst else ""


def without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    """`shape` without its axes of length one."""
    return tuple(length for length in shape if length != 1)


def _index(mask: Array) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argwhere(mask)[0])


def plain(value: Any) -> Any:
    """A number as JSON can hold it: NaN and infinities become strings."""
    number = float(value)
    return number if np.isfinite(number) else str(number)
