"""Naming a wrong array by its numbers alone, for answers that no known mistake explains.

Each signature is a small function of the `Evidence` that returns a name and a teacher's sentence, or None. The table
is searched from the most specific claim to the least. A name is only ever given for an identity that holds within the
tolerance on every element that it speaks of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.diagnosis import arrangement, parts, scale
from autograder.diagnosis.evidence import Array, Evidence
from autograder.model import Diagnosis

Signature = Callable[[Evidence], tuple[str, str] | None]

OF_SHAPE: tuple[Signature, ...] = (
    arrangement.wrong_layout,
    arrangement.not_reduced,
    arrangement.reduced_too_far,
    arrangement.wrong_shape,
)
OF_VALUES: tuple[Signature, ...] = (
    parts.zeros,
    scale.sign_flipped,
    scale.named_factor,
    arrangement.flipped,
    arrangement.permuted,
    scale.is_context,
    parts.mean_missing,
    scale.missing_or_extra_factor,
    scale.other_factor,
    scale.additive_term,
    scale.constant_offset,
    parts.single_element,
    parts.mask_missing,
    parts.wrong_by_sign,
    parts.slices,
    parts.border,
    parts.extra_zeros,
    scale.factor_along_axis,
    parts.offset_along_axis,
    arrangement.rearranged,
)


def signature(
    actual: Array,
    expected: Array,
    *,
    tensor: str,
    context: Mapping[str, Array] | None = None,
    tolerance: float = 1e-9,
    axes: Sequence[str] = (),
) -> Diagnosis | None:
    """What is wrong with `actual`, called `tensor`, where `expected` is right; None where nothing can be said for sure.

    `context` are the arrays that the student was given (x, w, dout, …), by name. `tolerance` is relative to the largest
    expected number; `axes` says what the first axes count ("step"). The larger the arrays and the less whole their
    numbers, the more can be told: a single number shows a sign or a named factor, never an offset."""
    mine, right = _floats(actual), _floats(expected)
    if mine is None or right is None or not right.size or not np.isfinite(right).all():
        return None
    arrays = {name: array for name, value in (context or {}).items() if (array := _floats(value)) is not None}
    known = {name: array for name, array in arrays.items() if np.isfinite(array).all()}
    evidence = Evidence(tensor, mine, right, known, tolerance, tuple(axes))
    with np.errstate(all="ignore"):
        return _first(evidence)


def _first(evidence: Evidence) -> Diagnosis | None:
    if evidence.actual.shape != evidence.expected.shape:
        table = OF_SHAPE
    elif not np.isfinite(evidence.actual).all():
        table = (parts.not_finite,)
    elif evidence.right.all():
        return None
    else:
        table = OF_VALUES
    for claim in (found for look in table if (found := look(evidence))):
        return Diagnosis(f"generic:{claim[0]}", claim[1])
    return None


def _floats(value: Any) -> Array | None:
    array = np.asarray(value)
    return array.astype(np.float64) if array.dtype.kind in "fiu" else None
