"""The right gradient of a formula, without a backward pass that could itself be wrong.

The formulas are our own and analytic, so the complex step is exact to rounding: f(x + ih) = f(x) + ih f′(x) with
h = 1e-200 loses nothing to cancellation (Squire & Trapp, SIAM Review 40, 1998). It must never be used on student code:
`np.var`, `np.abs` and friends are silently wrong for complex input.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
STEP = 1e-200


def vjp(formula: Callable[..., Any], args: Sequence[Any], dout: Any, wrt: Sequence[int]) -> tuple[Array, ...]:
    """Gradients of `sum(dout * formula(*args))` with respect to the arguments at positions `wrt`, each of its
    argument's shape. `formula` must be analytic NumPy code: branch on real parts, no abs, var or norm.

    >>> import numpy as np
    >>> from autograder import vjp
    >>> vjp(lambda x, w: x * w, [np.array([1.0, 2.0]), np.array([3.0, 5.0])], dout=np.array([1.0, -1.0]), wrt=[1])
    (array([ 1., -2.]),)
    """
    return tuple(_gradient(formula, list(args), np.asarray(dout), position) for position in wrt)


def _gradient(formula: Callable[..., Any], args: list[Any], dout: Array, position: int) -> Array:
    point = np.asarray(args[position]).astype(np.complex128)
    gradient = np.empty(point.shape)
    for index in np.ndindex(point.shape):
        args[position] = point.copy()
        args[position][index] += 1j * STEP
        gradient[index] = np.sum(dout * np.imag(formula(*args))) / STEP
    return gradient


def real_where(condition_of: Any, then: Any, otherwise: Any) -> Any:
    """`np.where` whose condition looks at real parts, for formulas with a kink.

    >>> import numpy as np
    >>> from autograder import real_where, vjp
    >>> vjp(lambda x: real_where(x, x, 0.1 * x), [np.array([2.0, -2.0])], dout=np.array([1.0, 1.0]), wrt=[0])
    (array([1. , 0.1]),)
    """
    return np.where(np.real(condition_of) > 0, then, otherwise)
