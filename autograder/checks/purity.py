"""Whether a function leaves what it is given as it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.checks.compare import expect
from autograder.checks.student import Student
from autograder.errors import CheckFailed

# Whoever adds h to an element and takes it away again has cleaned up, but for the last bits.
ROUNDING = 1e-12


def expect_unmodified(
    student: Student, function: str, options: Mapping[str, Any] | None = None, /, **arguments: Any
) -> None:
    """`function`, called with `arguments` in this order and `options` by keyword, must leave arrays and dicts among the
    arguments as they were.

    >>> import numpy as np
    >>> from autograder import expect_unmodified
    >>> expect_unmodified(student, "affine_forward", x=np.ones((2, 3)), w=np.ones((3, 4)))
    """
    after = student.arguments_after(function, *arguments.values(), **(options or {}))
    for (name, before), left in zip(arguments.items(), after, strict=True):
        if not _unmodified(before, left):
            raise CheckFailed(f"{function} changes its argument {name}; make a new array instead.", tensor=name)


def expect_repeatable(
    student: Student, backward: str, dout: Any, cache: Any, called: str = "dout", /, **gradients: Any
) -> None:
    """A call of `backward` must leave dout, which the student knows as `called`, as it was, and the cache good for a
    second call, which gives `gradients`.

    >>> import numpy as np
    >>> from autograder import expect_repeatable
    >>> x, w, dout = np.ones((2, 3)), np.ones((3, 4)), np.ones((2, 4))
    >>> _, cache = student.affine_forward(x, w)
    >>> expect_repeatable(student, "affine_backward", dout, cache, dx=dout @ w.T, dw=x.T @ dout)
    """
    expect_unmodified(student, backward, **{called: dout}, cache=cache)
    again = getattr(student, backward)(dout, cache)
    found = again if len(gradients) > 1 else (again,)
    try:
        expect(student, **{name: (one, gradients[name]) for name, one in zip(gradients, found, strict=True)})
    except CheckFailed as fault:
        raise CheckFailed(
            f"{backward} gives something else when called again with the same cache; do not write into the cache.",
            tensor=fault.tensor,
            actual=fault.actual,
            expected=fault.expected,
        ) from None


def _unmodified(before: Any, after: Any) -> bool:
    if isinstance(before, dict):
        same_keys = isinstance(after, dict) and before.keys() == after.keys()
        return same_keys and all(_unmodified(before[key], after[key]) for key in before)
    if isinstance(before, np.ndarray):
        if not isinstance(after, np.ndarray) or before.shape != after.shape:
            return False
        return bool(np.allclose(after, before, rtol=ROUNDING, atol=ROUNDING))
    return True
