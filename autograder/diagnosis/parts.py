"""Signatures that speak of some of the elements: zeros, masks, borders, slices, NaN. Each returns a claim or None."""

from __future__ import annotations

import numpy as np

from autograder.diagnosis.evidence import NEEDED_BITS, Array, Evidence

Claim = tuple[str, str] | None
# Signs are one bit each: ten random elements split as a given array does once in a thousand, and the right half of
# them must be right to all digits besides.
ENOUGH_TO_SPLIT = 10


def zeros(e: Evidence) -> Claim:
    return ("zeros", f"{e.tensor} is all zeros.") if not e.actual.any() else None


def not_finite(e: Evidence) -> Claim:
    """NaN or infinity, and nothing else wrong."""
    broken = ~np.isfinite(e.actual)
    what = "NaN" if np.isnan(e.actual[broken]).all() else "infinite" if np.isinf(e.actual).any() else "not finite"
    if broken.all():
        return (
            "not_finite",
            f"Every number of {e.tensor} is {what}: look for a division by zero, a logarithm or an overflow.",
        )
    if not (np.abs(e.actual - e.expected)[~broken] <= e.bound).all():
        return None
    for name, array in e.context.items():
        if array.shape == broken.shape and np.array_equal(array == 0, broken):
            return (
                f"not_finite_where_{name}_is_zero",
                f"{e.tensor} is {what} wherever {name} is 0, and right elsewhere.",
            )
    return (
        "not_finite_in_places",
        f"{e.tensor} is {what} in {broken.sum()} of {broken.size} places, and right elsewhere.",
    )


# ── means ──────────────────────────────────────────────────────────────────────────────────────


def mean_missing(e: Evidence) -> Claim:
    """A mean along an axis that was not subtracted, or was subtracted without need."""
    for axis in range(e.expected.ndim if e.comparable else 0):
        means = e.expected.size // e.expected.shape[axis]
        if e.proves(e.actual - e.actual.mean(axis=axis, keepdims=True), e.expected, fitted=means):
            return "mean_not_subtracted", f"The mean of {e.tensor} {e.along(axis)} is not subtracted."
        if e.proves(e.actual, e.expected - e.expected.mean(axis=axis, keepdims=True), fitted=means):
            return "mean_subtracted", f"{e.tensor} has its mean {e.along(axis)} subtracted, which must stay."
    return None


def offset_along_axis(e: Evidence) -> Claim:
    """All slices along an axis are off by the same array: a mean, a bias, a sum over the batch."""
    difference = e.actual - e.expected
    for axis in range(e.expected.ndim if e.expected.ndim > 1 and e.comparable else 0):
        mean = difference.mean(axis=axis, keepdims=True)
        proven = e.expected.shape[axis] > 1 and e.weight(fitted=mean.size) >= NEEDED_BITS
        if proven and e.same(difference, np.broadcast_to(mean, difference.shape)):
            return (
                "offset_along_axis",
                f"{e.tensor} is off by the same amount at every {e.index(axis)}: "
                "a term that does not depend on it is missing or surplus.",
            )
    return None


# ── some places only ───────────────────────────────────────────────────────────────────────────


def single_element(e: Evidence) -> Claim:
    wrong = np.argwhere(~e.right)
    if len(wrong) == 1 and e.worth(e.expected[e.right]) >= 3 * e.bits:
        return "single_element", f"Only one number of {e.tensor} is wrong, at {wrong[0].tolist()}."
    return None


def slices(e: Evidence) -> Claim:
    """Along one axis the first, the last or a few slices are wrong, or nothing else is right."""
    for axis in range(e.expected.ndim):
        others = tuple(k for k in range(e.expected.ndim) if k != axis)
        right = np.asarray(e.right.all(axis=others))
        if (
            right.any()
            and _telling(e, np.compress(right, e.expected, axis=axis))
            and (claim := _slices(e, axis, right))
        ):
            return claim
    return None


def _slices(e: Evidence, axis: int, right: Array) -> Claim:
    good, bad = np.flatnonzero(right), np.flatnonzero(~right)
    last = len(right) - 1
    if len(good) == 1 and good[0] in (0, last):
        end = "first" if good[0] == 0 else "last"
        others = np.compress(~right, e.actual, axis=axis)
        rest = "zero" if not others.any() else "wrong"
        return (
            f"only_{end}_right",
            f"Of {e.tensor} only the {end} {e.index(axis)} is right; the others are {rest}.",
        )
    if len(bad) == 1 and bad[0] in (0, last):
        end = "first" if bad[0] == 0 else "last"
        return f"only_{end}_wrong", f"Only the {end} {e.index(axis)} of {e.tensor} is wrong."
    if len(bad) * 2 <= len(right):
        return (
            "some_slices_wrong",
            f"{e.tensor} is wrong only at {_places(e, axis, bad)}.",
        )
    return None


def _places(e: Evidence, axis: int, bad: Array) -> str:
    """Some indices of an axis: as NumPy counts them, or from 1 where they have a name."""
    more = " …" * (len(bad) > 4)
    if axis < len(e.axes):
        return f"{e.axes[axis]}{'s' * (len(bad) > 1)} {', '.join(str(i + 1) for i in bad[:4])}{more}"
    return f"{bad[:4].tolist()} of axis {axis}{more}"


def border(e: Evidence) -> Claim:
    """Right inside the last two axes, wrong along most of their rim; a few wrong places at the rim are chance."""
    if e.expected.ndim < 2 or min(e.expected.shape[-2:]) < 3:
        return None
    inside = np.zeros(e.expected.shape, dtype=bool)
    inside[..., 1:-1, 1:-1] = True
    if e.right[inside].all() and e.right[~inside].mean() <= 0.25 and e.worth(e.expected[inside]) >= 4 * e.bits:
        return "border", f"{e.tensor} is wrong only along the border of its last two axes: look at the padding."
    return None


def wrong_by_sign(e: Evidence) -> Claim:
    """Wrong exactly where a context array of the same shape is negative, or where it is positive."""
    if e.expected.size < ENOUGH_TO_SPLIT or not _telling(e, e.expected[e.right]):
        return None
    for name, array in e.context.items():
        for sign, where in (("negative", array < 0), ("positive", array > 0)):
            if where.shape == e.right.shape and np.array_equal(where, ~e.right):
                return (
                    f"wrong_where_{name}_is_{sign}",
                    f"{e.tensor} is wrong wherever {name} is {sign}, and right elsewhere.",
                )
    return None


def mask_missing(e: Evidence) -> Claim:
    """Right wherever it must not be zero."""
    wanted = np.abs(e.expected) > e.bound
    if not (e.right[wanted].all() and _telling(e, e.expected[wanted])):
        return None
    return "mask_missing", f"{e.tensor} is right but where it must be zero: a mask is missing or lets too much through."


def extra_zeros(e: Evidence) -> Claim:
    """Right wherever it is not zero."""
    given = np.abs(e.actual) > e.bound
    if not (e.right[given].all() and _telling(e, e.expected[given])):
        return None
    return "extra_zeros", f"{e.tensor} is right where it is not zero, but is zero in places where it must not be."


def _telling(e: Evidence, values: Array) -> bool:
    """Whether getting `values` right is not an accident: two of them, or the bits of one claim in whole numbers."""
    return e.worth(values) >= max(NEEDED_BITS, 2 * e.bits)
