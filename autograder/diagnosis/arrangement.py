"""Signatures of the right numbers in the wrong shape or the wrong places. Each returns (name, sentence) or None."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from autograder.diagnosis.evidence import NEEDED_BITS, WHOLE_BITS, Array, Evidence

Claim = tuple[str, str] | None
AXES_CAP = 4  # images; 5 axes have 120 orders


def axes_in_words(axes: tuple[int, ...]) -> str:
    return f"axis {axes[0]}" if len(axes) == 1 else f"axes {', '.join(map(str, axes[:-1]))} and {axes[-1]}"


# ── the shape is wrong ─────────────────────────────────────────────────────────────────────────


def not_reduced(e: Evidence) -> Claim:
    """`actual` has axes that should have been summed or averaged over, or was broadcast over them."""
    for axes in _surplus_axes(e.actual, e.expected):
        where = axes_in_words(axes)
        if _reduces(e, e.actual.sum(axis=axes), e.expected):
            return "not_summed", f"{e.tensor} is not summed over {where}: its sum over {where} is right."
        if _reduces(e, e.actual.mean(axis=axes), e.expected):
            if np.ptp(e.actual, axis=axes).max(initial=0.0) <= e.bound:
                return "broadcast", f"{e.tensor} is repeated along {where}: its numbers are right, once each."
            return "not_averaged", f"{e.tensor} is not averaged over {where}: its mean over {where} is right."
    return None


def reduced_too_far(e: Evidence) -> Claim:
    """`actual` is `expected` summed or averaged over axes that should have stayed."""
    for axes in _surplus_axes(e.expected, e.actual):
        where = axes_in_words(axes)
        for name, verb, total in (
            ("summed_too_far", "summed", e.expected.sum(axis=axes)),
            ("averaged_too_far", "averaged", e.expected.mean(axis=axes)),
        ):
            if _reduces(e, total, e.actual):
                return name, f"{e.tensor} is {verb} over {where}, which it must keep."
    return None


def wrong_layout(e: Evidence) -> Claim:
    """The numbers are right, but transposed or flattened, or with an axis of length one too many or too few."""
    if e.worth(e.expected) < 2 * e.bits or e.actual.size != e.expected.size:
        return None
    shapes = f"its shape is {e.actual.shape}, it must be {e.expected.shape}"
    if e.same(e.actual.reshape(e.expected.shape), e.expected):
        if _without_ones(e.actual.shape) == _without_ones(e.expected.shape):
            return "axes_of_length_one", f"The numbers of {e.tensor} are right, but {shapes}: mind axes of length one."
        return "not_reshaped", f"The numbers of {e.tensor} are right, but {shapes}: reshape it."
    for order in _orders(e.expected.ndim):
        if e.same(e.actual, e.expected.transpose(order)):
            return "transposed", f"The numbers of {e.tensor} are right, but it is transposed: {shapes}."
    return None


def wrong_shape(e: Evidence) -> Claim:
    """The numbers are wrong as well; the shape alone says something."""
    mine, wanted = e.actual.shape, e.expected.shape
    shapes = f"its shape is {mine}, it must be {wanted}"
    if len(wanted) == 2 and mine == wanted[::-1]:
        return (
            "shape_transposed",
            f"{e.tensor} has its axes swapped: {shapes}; is a factor transposed, or the order wrong?",
        )
    if len(wanted) > 1 and mine == wanted[1:]:
        return (
            "batch_axis_missing",
            f"{e.tensor} lacks its first axis: {shapes}; every sample of the batch needs its own.",
        )
    if len(wanted) > 2 and mine == (wanted[0], e.expected[0].size):
        return "shape_flattened", f"{e.tensor} is left flattened: {shapes}; reshape it at the end."
    return None


def _reduces(e: Evidence, reduced: Array, target: Array) -> bool:
    target = target.reshape(_without_ones(target.shape))
    return e.worth(target) >= NEEDED_BITS and e.same(reduced.reshape(_without_ones(reduced.shape)), target)


def _surplus_axes(longer: Array, shorter: Array) -> Iterator[tuple[int, ...]]:
    """Sets of axes without which `longer` has the shape of `shorter`, up to axes of length one."""
    if not shorter.size or longer.size <= shorter.size:
        return
    long = [axis for axis in range(longer.ndim) if longer.shape[axis] > 1]
    for count in range(1, len(long) + 1):
        for axes in itertools.combinations(long, count):
            kept = tuple(longer.shape[axis] for axis in long if axis not in axes)
            if kept == _without_ones(shorter.shape):
                yield axes


def _without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(length for length in shape if length != 1)


# ── the shape is right ─────────────────────────────────────────────────────────────────────────


def flipped(e: Evidence) -> Claim:
    """Reversed along one axis, or along the last two (a kernel that was, or was not, turned round)."""
    if not _same_numbers(e):
        return None
    choices = [(axis,) for axis in range(e.expected.ndim)] + ([(-2, -1)] if e.expected.ndim > 1 else [])
    for axes in choices:
        if e.proves(e.actual, np.flip(e.expected, axes)):
            where = e.along(axes[0]) if len(axes) == 1 else "along its last two axes"
            return "flipped", f"{e.tensor} is back to front {where}."
    return None


def permuted(e: Evidence) -> Claim:
    """Axes exchanged, or a reshape where a transpose was meant."""
    if not _same_numbers(e):
        return None
    for order in _orders(e.expected.ndim):
        moved = e.expected.transpose(order)
        if e.proves(e.actual, moved):
            if e.expected.ndim == 2:
                return "transposed", f"{e.tensor} is transposed."
            return "transposed", f"{e.tensor} has its axes in the wrong order: yours are {order} of the right ones."
        back = e.expected.reshape(moved.shape).transpose(np.argsort(order))
        if e.proves(e.actual, moved.reshape(e.expected.shape)) or e.proves(e.actual, back):
            return (
                "reshaped_for_transposed",
                f"{e.tensor} has its numbers out of place: reshape does not exchange axes, transpose does.",
            )
    return None


def rearranged(e: Evidence) -> Claim:
    """Every number is there, elsewhere."""
    if e.bits <= WHOLE_BITS or e.weight(fitted=2) < NEEDED_BITS or not _same_numbers(e):  # small whole numbers recur
        return None
    return "rearranged", f"{e.tensor} holds the right numbers in the wrong places: mind indices, axes and reshapes."


def _same_numbers(e: Evidence) -> bool:
    return e.same(np.sort(e.actual, axis=None), np.sort(e.expected, axis=None))


def _orders(axes: int) -> Iterator[tuple[int, ...]]:
    """The orders of some axes, but for the one they are in."""
    return iter(list(itertools.permutations(range(axes)))[1:] if 1 < axes <= AXES_CAP else [])
