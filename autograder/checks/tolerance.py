"""How close is right: one table, by the precision that the student's code computes in.

float64: correct solutions of five courses differ from a float64 oracle by at most 6.8e-12 of the largest expected
number, and the nearest real mistake by 1e-6. 1e-9 stands between, and below the 2e-10 … 4e-10 that finite differences
reach only with luck. float32: sums of a few hundred terms lose 1e-6; 1e-4 leaves room for ill-scaled inputs and still
finds every mistake in the bank, the smallest of which is 4e-4.

A gradient in float64 has a closer bound, because it is to be derived by hand. The best that central differences reach
is 1e-11 of the function's size (truncation h²f‴/6 against rounding ε|f|/h, at h = 6e-6), forward differences 1e-8;
correct variants of backprop, batchnorm and conv were off by at most 1e-13 of the largest number and 7e-16 more. 1e-12
stands between. It holds whatever dtype the answer has: rounded to float32, finite differences would have every digit
that 1e-4 asks for. Honest float32 code keeps to it as well, because it is graded in float64 (worker.precision).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Tolerance:
    """`relative` to the largest expected number, plus `absolute`."""

    relative: float
    absolute: float

    def bound(self, expected: np.ndarray[Any, Any]) -> float:
        """The largest difference that still counts as equal."""
        scale = float(np.max(np.abs(expected))) if expected.size else 0.0
        return self.relative * scale + self.absolute


TOLERANCES = {"float64": Tolerance(1e-9, 1e-12), "float32": Tolerance(1e-4, 1e-6)}
FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)
_NUMBER, _BITS = struct.Struct("=d"), struct.Struct("=Q")
BY_HAND = {"float64": Tolerance(1e-12, 1e-14), "float32": TOLERANCES["float32"]}


def _has_more_bits(number: float) -> bool:
    """Whether `number` has bits that no float32 has: the last 29 of its 52."""
    bits: int = _BITS.unpack(_NUMBER.pack(number))[0]
    return bool(bits & (2**29 - 1))


def precision_of(value: Any) -> str:
    """The precision that `value` was computed in: float32 when its dtype says so or when every number of it is a
    float32 number, which float64 arithmetic hits by chance once in 2^29."""
    array = np.asarray(value)
    if array.dtype == FLOAT32:
        return "float32"
    if array.dtype != FLOAT64 or not array.size:
        return "float64"
    for place in (0, array.size // 2, -1):  # one is enough, and soon seen
        if _has_more_bits(array.item(place)):
            return "float64"
    with np.errstate(over="ignore", invalid="ignore"):
        if not (array.astype(np.float32) == array).all():
            return "float64"
    interesting = array != np.round(array, 6)  # whole and short decimal numbers fit both
    return "float32" if interesting.any() else "float64"
