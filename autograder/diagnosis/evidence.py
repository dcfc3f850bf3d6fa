"""What a wrong array shows, and how much it proves: the ground on which a signature may be named.

A signature is a claim about the elements that are wrong. Each distinct wrong element that a claim predicts is evidence
worth as many bits as the comparison has; whole numbers and simple fractions coincide so easily that they count three.
A claim that was fitted pays one element for each fitted number. Below 16 bits nothing is named: a false name costs a
student more than none.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

NEEDED_BITS = 16.0  # one element in float64, two in float32, six whole numbers
WHOLE_BITS = 3.0
# Means over up to ten numbers of whole inputs are whole multiples of 1 / 5040 (or of its parts).
COMMON_DENOMINATOR = 5040
ELEMENTS_CAP = 2048  # distinct elements are counted among the first so many: sorting more is slow


@dataclass(frozen=True)
class Evidence:
    """A wrong `actual` beside its `expected`: arrays of float64, `expected` finite and not empty."""

    tensor: str
    actual: Array
    expected: Array
    context: Mapping[str, Array]
    tolerance: float
    axes: tuple[str, ...] = ()  # what the first axes count, where that is known

    @functools.cached_property
    def bound(self) -> float:
        """The largest difference that counts as equal."""
        return self.tolerance * float(np.max(np.abs(self.expected), initial=0.0))

    def same(self, left: Array, right: Array) -> bool:
        """Whether two arrays have one shape and agree within the bound."""
        if left.shape != right.shape:
            return False
        return bool((np.abs(left - right) <= self.bound).all())

    def proves(self, left: Array, right: Array, fitted: int = 0) -> bool:
        """Whether `left` equals `right` and, `fitted` numbers having been chosen to make it so, that means anything."""
        return self.weight(fitted) >= NEEDED_BITS and self.same(left, right)

    def weight(self, fitted: int = 0) -> float:
        """The bits behind a claim that predicts every wrong element out of `fitted` chosen numbers."""
        return (self._wrong_pairs - fitted) * self.bits

    def weight_of_factors(self, fitted: int) -> float:
        """The same for a claim of `fitted` chosen factors, to which -a for -e says no more than a for e: the two rows
        of a normalised pair are each other's negatives, and any factor fits both."""
        return (self._wrong_pairs_but_for_sign - fitted) * self.bits

    @functools.cached_property
    def comparable(self) -> bool:
        """Whether `actual - expected` has digits to speak of: beside numbers that are a million times as large as it
        must be, a term too much or too little is lost in their rounding."""
        return 4 * float(np.finfo(np.float64).eps * np.max(np.abs(self.actual), initial=0.0)) <= self.bound

    def index(self, axis: int) -> str:
        """One index of an axis, in a sentence."""
        return self.axes[axis] if axis < len(self.axes) else f"index of axis {axis}"

    def along(self, axis: int) -> str:
        """The direction of an axis, in a sentence."""
        return f"over the {self.axes[axis]}s" if axis < len(self.axes) else f"along axis {axis}"

    def worth(self, values: Array) -> float:
        """The bits behind a claim that predicts `values`; zeros are worth nothing."""
        values = values[np.abs(values) > self.bound]
        return len(np.unique(values[:ELEMENTS_CAP])) * self.bits

    @functools.cached_property
    def right(self) -> Array:
        """Where `actual` is right."""
        return np.asarray(np.abs(self.actual - self.expected) <= self.bound)

    @functools.cached_property
    def bits(self) -> float:
        """What one distinct element is worth."""
        scaled = self.expected * COMMON_DENOMINATOR
        return WHOLE_BITS if (np.abs(scaled - np.rint(scaled)) <= 1e-6).all() else -math.log2(self.tolerance)

    @functools.cached_property
    def _wrong_pairs(self) -> int:
        wrong = ~self.right
        pairs = self.actual[wrong][:ELEMENTS_CAP] + 1j * self.expected[wrong][:ELEMENTS_CAP]
        return len(np.unique(pairs))

    @functools.cached_property
    def _wrong_pairs_but_for_sign(self) -> int:
        wrong = ~self.right
        pairs = self.actual[wrong][:ELEMENTS_CAP] + 1j * self.expected[wrong][:ELEMENTS_CAP]
        return len(np.unique(np.where(pairs.imag < 0, -pairs, pairs)))

    @functools.cached_property
    def factors(self) -> list[tuple[str, Array]]:
        """Context arrays that vary and broadcast to the expected shape; a vector along each axis that it fits."""
        return [
            (name, placed)
            for name, array in self.context.items()
            if array.size > 1 and np.ptp(array) > 0
            for placed in _placements(array, self.expected.shape)
        ]


def _placements(array: Array, shape: tuple[int, ...]) -> list[Array]:
    """`array` with axes of length one added so that it broadcasts to `shape`; a vector goes last-axis first."""
    if array.ndim == 1 and len(shape) > 1:
        axes = [axis for axis in reversed(range(len(shape))) if shape[axis] == array.size]
        return [array.reshape([-1 if axis == k else 1 for k in range(len(shape))]) for axis in axes]
    fits = array.ndim <= len(shape) and all(
        mine in (1, theirs) for mine, theirs in zip(array.shape[::-1], shape[::-1], strict=False)
    )
    return [array] if fits else []
