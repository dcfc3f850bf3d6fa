"""A few numbers that stand for an array: enough to tell whether another array is equal to it, and no more.

They are random projections (Johnson & Lindenstrauss, 1984): two arrays that differ have equal projections with
probability 0, and the array cannot be read back from two numbers of its hundreds."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
PROJECTIONS = 2
WHOLE = 2  # numbers; an array of no more is kept as it is
# A difference of at most t in each of n numbers moves a projection by t √n standard deviations at most; six of them are
# exceeded once in 10⁹.
DEVIATIONS = 6.0


@dataclass(frozen=True)
class Fingerprint:
    """What is kept of an array of finite numbers: its shape, its largest absolute value, and its projections."""

    shape: tuple[int, ...]
    scale: float
    projections: tuple[float, ...]

    def matches(self, other: Any, closeness: float) -> bool:
        """Whether `other`, an array or a fingerprint, has these numbers, to within `closeness` of the largest."""
        found = other if isinstance(other, Fingerprint) else fingerprint(other) if _is_numbers(other) else None
        if not isinstance(found, Fingerprint) or found.shape != self.shape:
            return False
        bound = DEVIATIONS * closeness * self.scale * math.sqrt(math.prod(self.shape))
        pairs = zip(found.projections, self.projections, strict=True)
        return all(abs(mine - theirs) <= bound for mine, theirs in pairs)


def _is_numbers(value: Any) -> bool:
    return isinstance(value, np.ndarray | np.generic | float | int)


def fingerprint(array: Any) -> Any:
    """The fingerprint of `array`; the array itself where it is small, or has numbers that are not finite."""
    array = np.asarray(array)
    if array.size <= WHOLE or array.dtype.kind not in "fiu" or not np.isfinite(array).all():
        return array
    return Fingerprint(array.shape, float(np.max(np.abs(array))), _project(array))


def _project(array: Array) -> tuple[float, ...]:
    flat = array.astype(np.float64).ravel()
    return tuple(float(row @ flat) for row in _directions(flat.size))


@functools.lru_cache(maxsize=128)
def _directions(size: int) -> Array:
    # the seed is fixed, so that both sides project alike (NEP 19 keeps PCG64's streams)
    return np.random.Generator(np.random.PCG64(size)).standard_normal((PROJECTIONS, size))
