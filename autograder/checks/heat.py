"""Where an array is wrong, as a small picture in characters: a row of digits for each row of one slice."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

SIDE = 16  # of the picture; a larger slice is drawn in blocks
# Of the largest error in the slice: 1 below a hundredth, 2 below a third, 3 above. 0 is right, 4 is NaN or infinite.
STEPS = (0.01, 1 / 3)
NOT_FINITE = 4


def heat(actual: Array, expected: Array, worst: tuple[int, ...], bound: float) -> dict[str, Any] | None:
    """The slice along the last two axes that holds `worst`: its `index` before those axes, its `shape`, and `rows` of
    digits (see STEPS), each the worst of its block. None for arrays that have nothing to be told apart.

    `actual` and `expected` have one shape; an element is right where they differ by at most `bound`."""
    index = worst[:-2]
    error = np.atleast_2d(np.abs(actual - expected)[index])
    if error.size < 2:
        return None
    error = _in_blocks(np.where(np.isfinite(error), error, np.inf))
    finite = error[np.isfinite(error)]
    largest = finite.max(initial=0.0)
    levels = np.where(error <= bound, 0, 1 + sum((error > step * largest).astype(int) for step in STEPS))
    levels = np.where(np.isfinite(error), levels, NOT_FINITE)
    shape = np.atleast_2d(np.abs(expected)[index]).shape
    return {"index": list(index), "shape": list(shape), "rows": ["".join(map(str, row)) for row in levels.tolist()]}


def _in_blocks(error: Array) -> Array:
    """`error` (H, W) → at most (SIDE, SIDE): the greatest of each block."""
    for axis in (0, 1):
        length = error.shape[axis]
        if length > SIDE:
            starts = np.unique(np.linspace(0, length, SIDE, endpoint=False).astype(int))
            error = np.maximum.reduceat(error, starts, axis=axis)
    return error
