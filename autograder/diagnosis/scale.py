"""Signatures of a factor or a term too many or too few. Each returns (name, sentence) or None."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from autograder.diagnosis.evidence import ELEMENTS_CAP, NEEDED_BITS, Array, Evidence

Claim = tuple[str, str] | None
FACTORS_SHOWN = 6
ENOUGH_FOR_A_FACTOR = 4


def sign_flipped(e: Evidence) -> Claim:
    if e.proves(e.actual, -e.expected):
        return "sign", f"{e.tensor} has the wrong sign: it is minus what it must be."
    return None


# ── one factor for all ─────────────────────────────────────────────────────────────────────────


def named_factor(e: Evidence) -> Claim:
    """A factor of 2 or of a length that the context knows, or its inverse."""
    factor = _factor(e)
    if factor is None or factor < 0 or e.weight() < NEEDED_BITS:
        return None
    size = max(factor, 1 / factor)
    meanings = _meanings(e, size)
    if not meanings:
        return None
    amount = f"{e.tensor} is {_plain(size)} times too {'large' if factor > 1 else 'small'}"
    if len(meanings) > 1:  # several lengths agree, so none is to blame
        return "factor", f"{amount}."
    kind, what = meanings.popitem()
    if kind == "two":
        name, lost = ("factor_two", "surplus") if factor > 1 else ("factor_half", "lost")
        return name, f"{amount}: a factor of 2 or ½ is {lost}."
    if factor > 1:
        return f"factor_{kind}", f"{amount}, and {_plain(size)} is {what}: is a division by it missing?"
    hint = "is it divided by once too often, or averaged where it must be summed?"
    return f"factor_one_over_{kind}", f"{amount}, and {_plain(size)} is {what}: {hint}"


def other_factor(e: Evidence) -> Claim:
    factor = _factor(e)
    if factor is None or e.weight_of_factors(fitted=1) < NEEDED_BITS:
        return None
    if factor < 0:
        return "factor", f"{e.tensor} is {_plain(factor)} times what it must be; its sign is wrong as well."
    if factor > 1:
        return "factor", f"{e.tensor} is too large by a factor of {_plain(factor)}."
    return "factor", f"{e.tensor} is too small by a factor of {_plain(1 / factor)}."


def _factor(e: Evidence) -> float | None:
    factor = float(np.vdot(e.actual, e.expected)) / max(float(np.vdot(e.expected, e.expected)), np.finfo(float).tiny)
    close = factor != 0 and np.abs(e.actual - factor * e.expected).max() <= e.bound * min(abs(factor), 1.0)
    return factor if close else None


def _meanings(e: Evidence, size: float) -> dict[str, str]:
    """What has the length `size`, by kind; of several the first, since D is an axis of x and of w."""
    found: dict[str, str] = {}
    for kind, what, length in _lengths(e):
        if length > 1 and abs(size - length) <= 10 * e.tolerance * length:  # a factor is a ratio of sums of products
            found.setdefault(kind, what)
    return found


def _lengths(e: Evidence) -> Iterator[tuple[str, str, int]]:
    """(kind, what it is, length) of everything whose length could be a factor."""
    yield "two", "2", 2
    lead = next((e.context[name] for name in ("dout", "x") if name in e.context), None)
    batch = lead.shape[0] if lead is not None and lead.ndim > 1 else 0
    if batch:
        yield "batch_size", "the batch size", batch
    for name, array in e.context.items():
        if array.ndim == 4 and math.prod(array.shape[2:]) not in array.shape[1:]:
            yield "positions", f"the number of positions (height times width) of {name}", math.prod(array.shape[2:])
            yield "batch_positions", f"batch size times positions of {name}", batch * math.prod(array.shape[2:])
        if array.ndim > 1 and array.size not in array.shape:
            yield "elements", f"the number of elements of {name}", array.size
        for axis, length in enumerate(array.shape):
            if length != batch or axis:
                yield "axis_length", f"the length of axis {axis} of {name}", length


def _plain(value: float) -> str:
    return f"{value:.4g}"


# ── arrays of the context ──────────────────────────────────────────────────────────────────────


def is_context(e: Evidence) -> Claim:
    """`actual` is one of the arrays that the student was given."""
    for name, array in e.context.items():
        if e.proves(e.actual, array):
            gradient = e.tensor.startswith("d") and name.startswith("d")
            hint = ": the local derivative is missing" if gradient else ""
            return f"is_{name}", f"{e.tensor} is {name} itself{hint}."
    return None


def missing_or_extra_factor(e: Evidence) -> Claim:
    if e.weight() < NEEDED_BITS:
        return None
    for name, array in e.factors:
        if e.same(e.actual * array, e.expected):
            return f"missing_factor_{name}", f"{e.tensor} is not multiplied by {name}."
        if e.same(e.actual, e.expected * array):
            return f"extra_factor_{name}", f"{e.tensor} is multiplied by {name} once too often, or not divided by it."
    return None


def additive_term(e: Evidence) -> Claim:
    """`expected - actual` is a multiple of a context array."""
    if not e.comparable or e.weight(fitted=1) < NEEDED_BITS:
        return None
    missing = e.expected - e.actual
    for name, array in e.factors:
        amount = _projection(missing, array)
        if amount and e.same(missing, np.broadcast_to(amount * array, missing.shape)):
            term = name if _plain(abs(amount)) == "1" else f"{_plain(abs(amount))}·{name}"
            if amount > 0:
                return (
                    f"missing_term_{name}",
                    f"A term {term} is missing from {e.tensor}, or a term of that size too small.",
                )
            return f"extra_term_{name}", f"{e.tensor} holds a term {term} too much."
    return None


def constant_offset(e: Evidence) -> Claim:
    """Every number is off by the same amount."""
    offset = float(np.mean(e.actual - e.expected))
    if e.comparable and e.weight(fitted=1) >= NEEDED_BITS and e.same(e.actual - offset, e.expected):
        return (
            "offset",
            f"Every number of {e.tensor} is {_plain(abs(offset))} too {'large' if offset > 0 else 'small'}.",
        )
    return None


def _projection(values: Array, array: Array) -> float:
    """The multiple of `array`, broadcast, that is nearest to `values`."""
    spread = np.broadcast_to(array, values.shape)
    square = float(np.vdot(spread, spread))
    return float(np.vdot(spread, values)) / square if square else 0.0


# ── a factor for each slice ────────────────────────────────────────────────────────────────────


def factor_along_axis(e: Evidence) -> Claim:
    """Each row, column or channel has a factor of its own, which every one of its numbers bears out."""
    for axis in range(e.expected.ndim if e.expected.ndim > 1 else 0):
        others = tuple(k for k in range(e.expected.ndim) if k != axis)
        square = np.sum(e.expected**2, axis=others, keepdims=True)
        factors = np.sum(e.actual * e.expected, axis=others, keepdims=True) / np.where(square > 0, square, 1.0)
        slices = e.expected.shape[axis]
        proven = slices > 1 and e.weight_of_factors(fitted=slices) >= NEEDED_BITS
        if proven and e.same(e.actual, factors * e.expected) and _borne_out(e, axis):
            return (
                "factor_along_axis",
                f"{e.tensor} is off by a factor of its own for each {e.index(axis)}: {_listed(factors.ravel())}.",
            )
    return None


def _borne_out(e: Evidence, axis: int) -> bool:
    """Whether each slice has more sizes of numbers than a factor and the two sums that a normalisation keeps at zero
    could fit by themselves."""
    slices = np.moveaxis(np.abs(e.expected), axis, 0).reshape(e.expected.shape[axis], -1)
    return all(len(np.unique(values[:ELEMENTS_CAP])) >= ENOUGH_FOR_A_FACTOR for values in slices if values.any())


def _listed(factors: Array) -> str:
    """The factors, in the order of their slices: all, or the first and the one that is furthest off."""
    shown = [_plain(factor) for factor in factors[:FACTORS_SHOWN]]
    if len(factors) <= FACTORS_SHOWN:
        return ", ".join(shown)
    worst = int(np.argmax(np.abs(factors - 1)))
    return ", ".join([*shown, "…"]) + (f" ({_plain(factors[worst])} at {worst})" if worst >= FACTORS_SHOWN else "")
