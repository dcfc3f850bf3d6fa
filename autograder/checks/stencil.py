"""The slope of a black box along a line, with an error bound for each output element.

`line(ts)` returns the outputs at x + t*direction, one row for each t. Everything here is a function of that one real
variable, so the same code measures a joint direction, one tensor, or one element. Directions carry the units (see
`unit`), so steps are pure numbers, and powers of two: on snapped inputs x ± h*v is exact and the stencil has no
representation error at any scale.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Line = Callable[[Sequence[float]], Array]


@dataclass(frozen=True)
class Precision:
    """What to expect of code that computes with `eps`. Steps are in units of a tensor's spread, the rest is relative.

    `step` is the widest of the first ladder: its narrowest, step/16, balances truncation and roundoff on a function
    that changes over one unit. `noise_step` is so narrow that curvature (t^2) lies below eps. An output is `resolved`
    when its error is that small, `usable` when it may enter a verdict, `weighable` when it may be scaled up.
    """

    name: Literal["float64", "float32"]
    eps: float
    step: float
    noise_step: float
    resolved: float
    usable: float
    weighable: float
    slack: float  # a correct backward's own conditioning, relative to the 2-norm of the terms it is summed from
    heaviest: float  # largest weight of a small output: eps of a large intermediate, so weighted, stays below the slack


FLOAT64 = Precision("float64", 2.0**-52, 2.0**-6, 2.0**-30, 1e-9, 1e-4, 1e-6, 1e-8, 1e6)
FLOAT32 = Precision("float32", 2.0**-23, 2.0**-2, 2.0**-13, 1e-4, 3e-2, 1e-2, 1e-3, 1e3)

_UPWARD = 2  # levels wider than the first ladder: 16 * step is a fraction of the spread, and saturation begins beyond
_DOWNWARD = 3  # extensions of two levels each: step / 2^16 leaves roundoff at about the slack


@dataclass(frozen=True)
class Slopes:
    """Per output element: the slope along the line, a bound on its error, and what is known about it.

    `flat` outputs have not moved at all; `roundoff` says that more noise than shape is in the bound.
    """

    value: Array
    error: Array
    roundoff: NDArray[np.bool_]
    flat: NDArray[np.bool_]

    @property
    def largest(self) -> float:
        """The largest slope that is measured at all, 0 where there is none."""
        return float(np.max(np.abs(self.value), where=np.isfinite(self.error), initial=0.0))

    def within(self, relative: float) -> NDArray[np.bool_]:
        """Outputs whose error is at most `relative` times their own slope, and the flat ones."""
        return (self.error <= relative * np.abs(self.value)) | self.flat

    def usable(self, precision: Precision, scale: Array) -> NDArray[np.bool_]:
        """Outputs fit for a verdict: not on a kink, not lost in noise.

        Relative to the slope alone, dead outputs (slope 0) would be dropped, and with them the proof that their
        gradient must be 0; so a bound far below the output's own size or the largest slope will do as well.
        """
        dead = self.error <= precision.resolved * scale
        negligible = self.error <= precision.usable * 1e-2 * self.largest
        return np.isfinite(self.error) & (self.within(precision.usable) | dead | negligible)


def snap(x: NDArray[np.floating]) -> Array:
    """`x` rounded to 24 significant bits, as float64, so that a step can be added without rounding."""
    mantissa, exponent = np.frexp(np.asarray(x, dtype=np.float64))
    return np.ldexp(np.rint(mantissa * 2.0**24) * 2.0**-24, exponent)


def power_of_two(x: Array) -> Array:
    """The power of two just below |x| (elementwise, x not 0)."""
    return np.exp2(np.frexp(x)[1] - 1.0)


def unit(x: Array) -> float:
    """The length over which a tensor's values differ: a step of 1 for 1e4 + N(0, 1), not of 1e4.

    The median deviation from the median; where most values coincide, the mean deviation, then the size, then 1.
    """
    if x.size == 0:
        return 1.0
    deviation = np.abs(x - np.median(x))
    for length in (np.median(deviation), np.mean(deviation), np.max(np.abs(x))):
        if 0 < length < np.inf:
            # 2^-20 of the size: below that x + h*v would need more than 53 bits
            return float(power_of_two(np.maximum(length, np.max(np.abs(x)) * 2.0**-20)))
    return 1.0


def lengths(x: Array, *, relative: bool) -> Array:
    """The step of each element: the tensor's unit, or, if `relative` and they span more than 1e3, its own size."""
    steps = np.full(x.shape, unit(x))
    size = np.abs(x)
    if relative and x.size and size.max() > 1e3 * np.median(size):
        steps[size > 0] = power_of_two(size[size > 0])
    return steps


def grid(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Random ±[0.25, 1) of 9 bits: of 768 values two are seldom equal and hide a swap, and none hides an element."""
    return np.asarray(rng.integers(128, 512, shape) * rng.choice((-1, 1), shape) / 512.0, dtype=np.float64)


def noise(line: Line, centre: Array, precision: Precision, size: float) -> tuple[Array, Array]:
    """The roundoff of each output element, and the outputs it was measured on.

    The even part y(t) - 2y(0) + y(-t) at a tiny t is roundoff alone. A few samples can be small by chance, hence the
    floors: one eps of the output, and the relative noise that is typical of the other outputs. An output that has
    not moved at all may still be a difference of numbers as large as the inputs (`size`).
    """
    t = precision.noise_step
    rows = line((t, -t, 2 * t, -2 * t))
    with np.errstate(invalid="ignore"):
        even = np.maximum(np.abs(rows[0] - 2 * centre + rows[1]), np.abs(rows[2] - 2 * centre + rows[3]))
    even = np.where(np.isfinite(even), even, np.inf)
    magnitude = np.abs(centre)
    known = np.isfinite(even) & (magnitude > 0)
    typical = float(np.median(even[known] / magnitude[known])) if known.any() else 0.0
    still = np.all(rows == centre, axis=0)
    floor = np.maximum(magnitude * max(typical, precision.eps), np.where(still, precision.eps * size, 0.0))
    return np.maximum(even, floor), rows


def slopes(line: Line, centre: Array, roughness: Array, precision: Precision) -> Slopes:
    """Slopes at t = 0 from a ladder h, h/4, h/16, extended only while an output is unresolved.

    `roughness` is the `noise`. Roundoff asks for wider steps, truncation and kinks for narrower ones; an output
    that does not gain from an extension is given up. Two calls of the black box a level, one batch an extension.
    """
    ladder = _Ladder(line, centre)
    ladder.extend([precision.step, precision.step / 4, precision.step / 16])
    found = ladder.estimate(roughness)
    wanted = np.isfinite(centre)
    upward, downward = _UPWARD, _DOWNWARD
    while True:
        scale = np.maximum(np.abs(found.value), 1e-2 * found.largest)
        wanted = wanted & ~(found.error <= precision.resolved * scale) & ~found.flat
        steps: list[float] = []
        if upward and np.any(wanted & found.roundoff):
            upward -= 1
            steps.append(4 * ladder.widest)
        if downward and np.any(wanted & ~found.roundoff):
            downward -= 1
            steps += [ladder.narrowest / 4, ladder.narrowest / 16]
        if not steps:
            return found
        before = found.error
        ladder.extend(steps)
        found = ladder.estimate(roughness)
        with np.errstate(invalid="ignore"):
            wanted = wanted & ((found.error <= 0.5 * before) | np.isinf(before))


class _Ladder:
    """Central differences of one line at steps a factor of four apart."""

    def __init__(self, line: Line, centre: Array) -> None:
        self._line = line
        self._centre = centre
        self._flat = np.ones(centre.shape, dtype=np.bool_)
        self._levels: dict[float, tuple[Array, Array]] = {}

    @property
    def widest(self) -> float:
        return max(self._levels)

    @property
    def narrowest(self) -> float:
        return min(self._levels)

    def extend(self, steps: Sequence[float]) -> None:
        """Add levels: the odd part is the central difference, the even part half the jump of slope at a kink."""
        rows = self._line([t for h in steps for t in (h, -h)])
        self._flat &= np.all(rows == self._centre, axis=0)
        with np.errstate(invalid="ignore", over="ignore"):
            for h, ahead, behind in zip(steps, rows[::2], rows[1::2], strict=True):
                odd = (ahead - behind) / (2 * h)
                even = ((ahead - self._centre) - (self._centre - behind)) / (2 * h)
                self._levels[h] = odd, even

    def estimate(self, roughness: Array) -> Slopes:
        """For each output the best of all Richardson estimates, narrow ones first.

        A wider stencil counts only where it agrees with the narrower one inside both bounds: far out, a saturating
        function is so smooth that its own error estimate looks perfect.
        """
        steps = sorted(self._levels)
        with np.errstate(invalid="ignore", over="ignore"):
            value, error, roundoff = self._richardson(steps[:2], roughness)
            for narrow, count in itertools.product(range(len(steps) - 1), (2, 3)):
                stencil = steps[narrow : narrow + count]
                if len(stencil) < count:
                    continue
                other, bound, rounding = self._richardson(stencil, roughness)
                better = (bound < error) & (np.abs(other - value) <= bound + error)
                value, error = np.where(better, other, value), np.where(better, bound, error)
                roundoff = np.where(better, rounding, roundoff)
            return Slopes(value, error, roundoff > 0.5 * error, self._flat.copy())

    def _richardson(self, steps: Sequence[float], roughness: Array) -> tuple[Array, Array, Array]:
        """Value, error bound and the roundoff in it, from two or three neighbouring levels (narrowest first).

        Odd parts err by h^2, h^4: factors 16 and 256. Even parts of a smooth function are h, h^3: factors 4 and 64;
        what is left of them at h = 0 is a kink. The last correction bounds the truncation.
        """
        odd = [self._levels[h][0] for h in steps]
        even = [self._levels[h][1] for h in steps]
        roundoff = 3 * roughness / steps[0]
        sound = _settled(odd, roundoff) & _settled(even, roundoff)
        rough = odd[0]
        for factor_odd, factor_even in ((16, 4), (256, 64))[: len(steps) - 1]:
            rough = odd[0]
            odd = [(factor_odd * a - b) / (factor_odd - 1) for a, b in itertools.pairwise(odd)]
            even = [(factor_even * a - b) / (factor_even - 1) for a, b in itertools.pairwise(even)]
        error = np.abs(odd[0] - rough) + np.abs(even[0]) + roundoff
        sound &= np.isfinite(error)
        return np.where(sound, odd[0], 0.0), np.where(sound, error, np.inf), roundoff


def _settled(parts: Sequence[Array], roundoff: Array) -> NDArray[np.bool_]:
    """Neither part may grow as the step shrinks (narrowest first): a bump or a step narrower than the stencil would
    give even or odd parts like 1/h, and an estimate that knows nothing of it."""
    grown = [np.abs(narrow) <= 2 * np.abs(wide) + roundoff for narrow, wide in itertools.pairwise(parts)]
    return np.asarray(np.logical_and.reduce(grown))
