"""One point of a gradient check: its slope along a random direction against what the backward pass says it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from autograder.checks import stencil
from autograder.checks.gradient_pair import GradientVerdict, MalformedError, Pair, rng
from autograder.checks.stencil import FLOAT32, FLOAT64, Array, Precision, Slopes

TINY = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True, eq=False)
class Site:
    """A point with what is known there before any direction is drawn."""

    pair: Pair
    tensors: list[Array]
    centre: Array
    roughness: Array
    precision: Precision

    def slopes(self, direction: Sequence[Array]) -> Slopes:
        return stencil.slopes(self.pair.line(self.tensors, direction), self.centre, self.roughness, self.precision)


@dataclass(frozen=True, eq=False)
class Comparison:
    """One number compared: <cotangent, J v> measured, against <gradients, v>."""

    cotangent: Array
    gradients: list[Array]
    error: float
    bound: float

    @property
    def passed(self) -> bool:
        # gradients beyond 1e155 overflow the bound, and no error is over an infinite one
        return self.error <= self.bound < np.inf

    @property
    def excess(self) -> float:
        return self.error / max(self.bound, TINY)


def random_direction(tensors: Sequence[Array], draw: np.random.Generator, *, relative: bool = False) -> list[Array]:
    return [stencil.lengths(x, relative=relative) * stencil.grid(draw, x.shape) for x in tensors]


def survey(pair: Pair, tensors: list[Array], direction: Sequence[Array]) -> Site:
    """Evaluate the centre, measure the noise, and find out in which precision the forward computes."""
    # at least 2^-14 of each element, or t * step is lost in its last bits and stirs up no roundoff
    stir = [
        np.copysign(np.maximum(np.abs(v), 2.0**-14 * np.abs(x)), v) for x, v in zip(tensors, direction, strict=True)
    ]
    line = pair.line(tensors, stir)
    centre = pair.values([tensors])[0]
    if not np.all(np.isfinite(centre)):
        raise MalformedError("UNCHECKED", "the forward is not finite here")
    size = max(float(np.max(np.abs(x))) for x in tensors)
    precision = FLOAT32 if pair.single else FLOAT64
    roughness, rows = stencil.noise(line, centre, precision, size)
    if precision is FLOAT64 and _single(rows):
        precision = FLOAT32
        roughness, _ = stencil.noise(line, centre, precision, size)
    if precision is FLOAT32:
        # float32 code rounds its inputs too, and x + h*v is then not exact: see what one unit in the last place does
        last = [
            2 * precision.eps * stencil.power_of_two(x) * np.sign(v) for x, v in zip(tensors, direction, strict=True)
        ]
        rows = pair.line(tensors, last)((1.0, -1.0))
        roughness = np.fmax(roughness, np.max(np.abs(rows - centre), axis=0))
    return Site(pair, tensors, centre, roughness, precision)


def _single(rows: Array) -> bool:
    """Are these outputs of float32 arithmetic? They were computed off the float32 grid, so a copy of the input is not;
    small integers fit any format and prove nothing."""
    with np.errstate(all="ignore"):
        fits = np.array_equal(rows, rows.astype(np.float32))
        short = rows.astype(np.float16)
    return fits and not np.array_equal(rows, short)


def draw_cotangents(found: Slopes, site: Site, draw: np.random.Generator) -> list[Array]:
    """Cotangents, zero where the slope is unknown: an even one, and one that makes small slopes count as much."""
    precision = site.precision
    usable = found.usable(precision, np.abs(site.centre))
    even = np.where(usable, stencil.grid(draw, usable.shape), 0.0)
    if even.size == 1:
        return [even]
    floor = max(found.largest / precision.heaviest, TINY)
    weight = found.largest / np.maximum(np.abs(found.value), floor)
    weight = np.where(found.flat | (found.largest == 0), 1.0, weight)
    weighable = usable & (found.within(precision.weighable) | found.flat)
    return [even, np.where(weighable, weight * stencil.grid(draw, usable.shape), 0.0)]


def compare(site: Site, direction: Sequence[Array], found: Slopes, cotangent: Array) -> Comparison:
    """|numeric - analytic| against the error estimate, the roundoff of the sums, and the backward's conditioning."""
    precision = site.precision
    gradients = site.pair.pull(cotangent, site.tensors)
    terms = np.concatenate([(g * v).ravel() for g, v in zip(gradients, direction, strict=True)])
    seen = cotangent != 0
    weight = np.abs(cotangent[seen])
    numeric = cotangent[seen] * found.value[seen]
    factor = np.where(found.within(precision.resolved)[seen], 2.0, 20.0)
    measured = float(np.sum(weight * factor * found.error[seen]))
    summed = 1e3 * precision.eps * float(np.sum(np.abs(terms)) + np.sum(np.abs(numeric)))
    bound = measured + summed + precision.slack * float(np.linalg.norm(terms))
    return Comparison(cotangent, gradients, abs(float(numeric.sum() - terms.sum())), bound)


def verdict_at(pair: Pair, tensors: list[Array], seed: int) -> tuple[GradientVerdict, Site, Comparison | None]:
    """The verdict at one point: two directions, two cotangents each."""
    directions = [random_direction(tensors, rng(seed, "direction", k), relative=bool(k)) for k in (0, 1)]
    site = survey(pair, tensors, directions[0])
    pair.pull(stencil.grid(rng(seed, "structure"), site.centre.shape), tensors)
    if pair.single and site.precision is FLOAT64:
        site = replace(site, precision=FLOAT32)
    point = pair.arguments(tensors)
    seen = GradientVerdict(status="PASS", precision=site.precision.name, point=point, constant_slope=True)
    checked = bent = False
    for k, direction in enumerate(directions):
        found = site.slopes(direction)
        responds = found.usable(site.precision, np.abs(site.centre)) & (np.abs(found.value) > 10 * found.error)
        if responds.any():
            # a slope that two arguments cancel in one direction, as x and w can in x·w, bends in another
            bent = bent or not _constant(site, direction, found, rng(seed, "far"))
            seen = replace(seen, dependent=True, constant_slope=not bent)
        for cotangent in draw_cotangents(found, site, rng(seed, "cotangent", k)):
            if not cotangent.any():
                continue
            checked = True
            test = compare(site, direction, found, cotangent)
            if not test.passed:
                return replace(seen, status="FAIL", error=test.error, bound=test.bound), site, test
    if not checked:
        return replace(seen, status="UNCHECKED", reason="every output sits on a kink or is lost in noise"), site, None
    return seen, site, None


def _constant(site: Site, direction: Sequence[Array], found: Slopes, draw: np.random.Generator) -> bool:
    """Is the slope along `direction` the same at a far point? There the elements are shuffled (which keeps to the
    domain of log and sqrt) and shrunk, and the step is half a unit, so that any bend shows. Two forward calls."""
    far = [stencil.snap(0.75 * draw.permutation(x.ravel()).reshape(x.shape)) for x in site.tensors]
    ahead, behind = site.pair.line(far, direction)([0.5, -0.5])
    eps = 1e3 * site.precision.eps
    with np.errstate(invalid="ignore", over="ignore"):
        bound = 2 * found.error + eps * (np.abs(ahead) + np.abs(behind) + np.abs(found.value)) + 2 * site.roughness
        return bool(np.all(np.abs(ahead - behind - found.value) <= bound))
