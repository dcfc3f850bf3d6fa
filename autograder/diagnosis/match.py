"""Which known mistake gives exactly the student's numbers.

A mistake is recognised, not guessed: put in the reference's place, it must fail the same check on the same case, and
the student's outputs must be its outputs to the last few digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograder.model import Check, Diagnosis, Mistake

NUMBERS = (np.ndarray, np.generic, float, int)
Trace = Sequence[tuple[str, tuple[Any, ...]]]
# A float64 formula written another way differs by rounding, 1e-12 at most; in float32 by 1e-5 or so.
CLOSENESS = {"float64": 1e-9, "float32": 1e-4}


def candidates(check: Check, mistakes: Iterable[Mistake]) -> list[Mistake]:
    """Mistakes that could explain a failure of `check`, the likeliest first: those that it claims to catch, then the
    others of its entry point."""
    claimed = [mistake for mistake in mistakes if check.id in mistake.caught_by]
    others = [m for m in mistakes if check.entry_point in m.entry_points and check.id not in m.caught_by]
    return claimed + others


def match(
    check: Check,
    mistakes: Iterable[Mistake],
    student: Trace,
    precision: str,
    attempt: Callable[[Mistake], Trace | None],
) -> Diagnosis | None:
    """The first candidate whose outputs equal the student's. `attempt` runs `check` with a mistake in the reference's
    place, on the case that the student failed, and gives its trace, or None where the mistake passes."""
    for mistake in candidates(check, mistakes):
        theirs = attempt(mistake)
        if theirs is not None and _same(mistake.entry_points, student, theirs, CLOSENESS[precision]):
            return Diagnosis(mistake.name, mistake.says)
    return None


def _same(entry_points: Sequence[str], student: Trace, mistake: Trace, closeness: float) -> bool:
    ours = [outputs for name, outputs in student if name in entry_points]
    theirs = [outputs for name, outputs in mistake if name in entry_points]
    if not ours or len(ours) != len(theirs):
        return False
    return all(_equal(left, right, closeness) for left, right in zip(ours, theirs, strict=True))


def _equal(left: Any, right: Any, closeness: float) -> bool:
    if isinstance(left, tuple | list) and isinstance(right, tuple | list):
        return len(left) == len(right) and all(_equal(a, b, closeness) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_equal(left[key], right[key], closeness) for key in left)
    if isinstance(left, bool) or isinstance(right, bool):  # a flag among the arguments that a call left behind
        return left is right
    if isinstance(left, NUMBERS) and isinstance(right, NUMBERS):
        return _equal_arrays(np.asarray(left), np.asarray(right), closeness)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return type(left) is type(right)  # caches and other things that stay in the worker


def _equal_arrays(left: np.ndarray[Any, Any], right: np.ndarray[Any, Any], closeness: float) -> bool:
    if left.shape != right.shape or left.dtype.kind not in "fiu" or right.dtype.kind not in "fiu":
        return False
    finite = np.isfinite(right)
    if not np.array_equal(np.isfinite(left), finite):
        return False
    if not np.array_equal(left[~finite], right[~finite], equal_nan=True):
        return False
    scale = float(np.max(np.abs(right[finite]))) if finite.any() else 0.0
    return bool((np.abs(left[finite] - right[finite]) <= closeness * scale).all())
