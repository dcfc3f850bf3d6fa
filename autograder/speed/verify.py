"""Whether a launch computed what it should have: judged in float64, when the submission's process is dead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
# Relative error in the Frobenius norm. Measured for convolutions of unit variance: float32 in any order of summation,
# im2col, FFT and Winograd stay below 2e-6; TF32 and half precision give 3e-4, bfloat16 2.4e-3 (docs/speed.md).
TOLERANCE = 1e-5


def wrong(outputs: Mapping[str, Array], expected: Mapping[str, Array]) -> str | None:
    """What is wrong with a launch's outputs, as the rest of a sentence; None when nothing is."""
    for name, right in expected.items():
        given = outputs[name]
        if given.shape != right.shape:
            return f"{name} has shape {given.shape} instead of {right.shape}"
        missing = int(np.count_nonzero(~np.isfinite(given)))
        if missing:
            whole = "no number of" if missing == given.size else f"{missing} of {given.size} numbers of"
            tail = "was there" if missing == given.size else "were not there, or not finite,"
            return f"{whole} {name} {tail} when the clock was read"
        error = relative_error(given, right)
        if not error <= TOLERANCE:
            return f"{name} is off by {error:.1e} of its size; {TOLERANCE:.0e} is allowed"
    return None


def relative_error(given: Array, right: Array) -> float:
    """‖given − right‖ / ‖right‖ over all elements."""
    size = float(np.linalg.norm(right.ravel()))
    return float(np.linalg.norm(given.astype(np.float64).ravel() - right.ravel())) / (size or 1.0)
