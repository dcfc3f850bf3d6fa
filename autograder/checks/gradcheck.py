"""Does a hand-written backward pass match the slope of its forward pass? A verdict with an error estimate.

The forward is a black box. Its slope along random directions is measured to a known error (`stencil`); only then
are cotangents drawn, zero on outputs that sit on a kink or cannot be measured, so that no convention for ties can
cost a verdict. A FAIL must reproduce at two other points. The price is about 24 forward and 5 backward calls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.checks import stencil
from autograder.checks.gradient_blame import explained
from autograder.checks.gradient_pair import Batch, GradientVerdict, MalformedError, Pair, rng
from autograder.checks.gradient_site import verdict_at
from autograder.checks.stencil import Array

CONFIRMATIONS = 2  # further points at which a FAIL must reproduce: false alarms are cubed


def gradcheck(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    args: Sequence[Any],
    *,
    wrt: Sequence[int] | None = None,
    seed: int = 0,
    confirm: bool = True,
    measure: bool = True,
    batch: Batch | None = None,
    names: Sequence[str] = (),
) -> GradientVerdict:
    """Check `backward(dout, *args)` against `forward(*args)` near `args`.

    `forward` returns an array or a number; `backward` one gradient for each index in `wrt` (default: all floating
    arrays), shaped like it. Arguments in `wrt` are rounded to 24 bits and handed over as fresh float64 arrays; all
    others pass through unchanged. Before each backward the forward is called at the same point, so a layer may keep its
    cache on itself. Without `measure`, a FAIL names the wrong gradient and does not measure it element by element,
    which takes most of the time. `batch` evaluates many tuples of arguments in one go and defaults to a loop; `names`
    are what the gradients are called in the reason, by default after the forward's parameters.
    Raises ValueError if there is nothing to differentiate; whatever `forward` and `backward` raise passes through.

    >>> import numpy as np
    >>> from autograder import gradcheck
    >>> gradcheck(lambda x: x**2, lambda dout, x: 2 * x * dout, [np.array([1.0, 2.0])]).status
    'PASS'
    >>> gradcheck(lambda x: x**2, lambda dout, x: x * dout, [np.array([1.0, 2.0])]).status
    'FAIL'
    """
    indices = tuple(i for i, a in enumerate(args) if _floating(a)) if wrt is None else tuple(wrt)
    if not indices or any(np.size(args[i]) == 0 for i in indices):
        raise ValueError(
            f"nothing to differentiate: wrt={indices} of {len(args)} arguments; give non-empty float arrays"
        )
    pair = Pair(forward, backward, tuple(args), indices, batch, names)
    given = [stencil.snap(args[i]) for i in indices]
    try:
        return pair.counted(_confirmed(pair, given, seed, CONFIRMATIONS if confirm else 0, measure))
    except MalformedError as malformed:
        return pair.counted(malformed.verdict)


def _floating(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def _jittered(tensors: Sequence[Array], draw: np.random.Generator) -> list[Array]:
    """A point nearby, off exact zeros and ties: each element moves by some percent of its size or of the unit."""
    moved = []
    for x in tensors:
        unit = stencil.unit(x)
        size = np.abs(x)
        length = np.where(size > unit * 2.0**-20, 2.0**-5 * np.minimum(size, unit), 2.0**-10 * unit)
        moved.append(stencil.snap(x + length * stencil.grid(draw, x.shape)))
    return moved


def _confirmed(pair: Pair, given: list[Array], seed: int, confirmations: int, measure: bool) -> GradientVerdict:
    """The verdict at `given`; a FAIL must reproduce at so many points nearby, and a PASS there overrules it.

    On exact kinks even a correct backward can disagree with the true slope (two kinks cancel): jitter moves off them.
    For the same reason a point at which nothing can be measured is replaced, once.
    """
    failures = []
    for k in range(confirmations + 2 if confirmations else 1):
        tensors = _jittered(given, rng(seed, "jitter", k)) if k else given
        try:
            verdict, site, test = verdict_at(pair, tensors, seed + k)
        except MalformedError as malformed:
            if k == 0 or malformed.verdict.status == "FAIL":
                raise
            continue  # the jitter left the forward's domain
        if verdict.status == "PASS":
            return verdict
        if test is not None:
            failures.append((verdict, site, test))
        if len(failures) > confirmations:
            return explained(*failures[0], seed, measure)
    reason = "the difference shows at some points only" if failures else verdict.reason
    return replace(verdict, status="UNCHECKED", reason=reason, error=0.0, bound=0.0)
