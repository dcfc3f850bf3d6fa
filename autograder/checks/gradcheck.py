"""Does a hand-written backward pass match the slope of its forward pass? A verdict with an error estimate.

The forward is a black box. Its slope along random directions is measured to a known error (`stencil`); only then
are cotangents drawn, zero on outputs that sit on a kink or cannot be measured, so that no convention for ties can
cost a verdict. A FAIL must reproduce at two other points. The price is about 19 forward and 5 backward calls.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from autograder.checks import stencil
from autograder.checks.stencil import FLOAT32, FLOAT64, Array, Line, Precision, Slopes

Status = Literal["PASS", "FAIL", "UNCHECKED"]
Batch = Callable[[list[tuple[Any, ...]]], Sequence[Any]]

_CONFIRMATIONS = 2  # further points at which a FAIL must reproduce: false alarms are cubed
_LARGEST = 2048  # elements of a tensor whose full numeric gradient is still worth 6 forward calls each
_CHUNK = 16  # elements measured in one batch by the full numeric gradient: 96 forward points
_TINY = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True, eq=False, kw_only=True)
class GradientVerdict:
    """What a gradient check found.

    `tensor` is the index in `args` of the gradient to blame. After a FAIL `analytic` holds its gradient as
    `backward(cotangent, ...)` gave it, `numeric` the measured one (None beyond 2048 elements), and `worst` the index
    at which they differ most, with the `error` and the `bound` it had to keep; without `numeric`, error and bound
    are those of the whole test, along one random direction. `point` holds the arguments used.
    `dependent` is False if no output responds to the inputs at all (a forward of zeros passes with a backward of
    zeros); `constant_slope` is True if the slope is the same at two far points (the identity passes with ease).
    """

    status: Status
    reason: str = ""
    tensor: int | None = None
    numeric: Array | None = None
    analytic: Array | None = None
    cotangent: Array | None = None
    point: tuple[Any, ...] = ()
    worst: tuple[int, ...] | None = None
    error: float = 0.0
    bound: float = 0.0
    precision: Literal["float64", "float32"] = "float64"
    dependent: bool = False
    constant_slope: bool = False
    forward_calls: int = 0
    backward_calls: int = 0


def gradcheck(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    args: Sequence[Any],
    *,
    wrt: Sequence[int] | None = None,
    seed: int = 0,
    confirm: bool = True,
    batch: Batch | None = None,
) -> GradientVerdict:
    """Check `backward(dout, *args)` against `forward(*args)` near `args`.

    `forward` returns an array or a number; `backward` one gradient for each index in `wrt` (default: all floating
    arrays), shaped like it. Arguments in `wrt` are rounded to 24 bits and handed over as fresh float64 arrays; all
    others pass through unchanged. `batch` evaluates many tuples of arguments in one go and defaults to a loop.
    Raises ValueError if there is nothing to differentiate; whatever `forward` and `backward` raise passes through.
    """
    indices = tuple(i for i, a in enumerate(args) if _floating(a)) if wrt is None else tuple(wrt)
    if not indices or any(np.size(args[i]) == 0 for i in indices):
        raise ValueError(
            f"nothing to differentiate: wrt={indices} of {len(args)} arguments; give non-empty float arrays"
        )
    pair = _Pair(forward, backward, tuple(args), indices, batch)
    given = [stencil.snap(args[i]) for i in indices]
    try:
        return pair.counted(_confirmed(pair, given, seed, _CONFIRMATIONS if confirm else 0))
    except _MalformedError as malformed:
        return pair.counted(malformed.verdict)


def rng(seed: int, *label: object) -> np.random.Generator:
    """A generator for one drawn thing. default_rng([s, 0]) equals default_rng(s), so labels are hashed instead."""
    digest = hashlib.sha256(repr((seed, *label)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


# ── the two functions under test ───────────────────────────────────────────────────────────────


class _MalformedError(Exception):
    """A value that cannot be compared at all; carries the verdict."""

    def __init__(self, status: Status, reason: str, **details: Any) -> None:
        super().__init__(reason)
        self.verdict = GradientVerdict(status=status, reason=reason, **details)


class _Pair:
    """The forward and backward under test: counts calls, copies inputs, flattens and validates what comes back."""

    def __init__(
        self,
        forward: Callable[..., Any],
        backward: Callable[..., Any],
        args: tuple[Any, ...],
        wrt: tuple[int, ...],
        batch: Batch | None,
    ) -> None:
        self._batch = batch or (lambda points: [forward(*point) for point in points])
        self._backward = backward
        self._args = args
        self.wrt = wrt
        self.shape: tuple[int, ...] | None = None
        self.single = False  # an output or a gradient came back as float32
        self._forward_calls = 0
        self._backward_calls = 0

    def counted(self, verdict: GradientVerdict) -> GradientVerdict:
        return replace(verdict, forward_calls=self._forward_calls, backward_calls=self._backward_calls)

    def arguments(self, tensors: Sequence[Array]) -> tuple[Any, ...]:
        args = list(self._args)
        for index, tensor in zip(self.wrt, tensors, strict=True):
            args[index] = tensor.copy()
        return tuple(args)

    def values(self, points: Sequence[Sequence[Array]]) -> Array:
        """One row of flattened outputs for each point."""
        with np.errstate(all="ignore"):
            outputs = [np.asarray(out) for out in self._batch([self.arguments(point) for point in points])]
        self._forward_calls += len(points)
        if self.shape is None:
            self.shape = outputs[0].shape
        for out in outputs:
            if out.shape != self.shape:
                raise _MalformedError(
                    "UNCHECKED", f"the forward returns shapes {self.shape} and {out.shape} for equal inputs"
                )
            if out.dtype.kind not in "fiub":
                raise _MalformedError("UNCHECKED", f"the forward returns {out.dtype}, expected real numbers")
        self.single |= any(out.dtype.kind == "f" and out.dtype.itemsize < 8 for out in outputs)
        return np.array([out.ravel() for out in outputs], dtype=np.float64)

    def line(self, tensors: Sequence[Array], direction: Sequence[Array]) -> Line:
        def along(ts: Sequence[float]) -> Array:
            return self.values([[x + t * v for x, v in zip(tensors, direction, strict=True)] for t in ts])

        return along

    def pull(self, cotangent: Array, tensors: Sequence[Array]) -> list[Array]:
        """The gradients for one cotangent (flat); _MalformedError if they are not such."""
        assert self.shape is not None
        dout = cotangent.reshape(self.shape).copy()
        with np.errstate(all="ignore"):
            answer = self._backward(dout, *self.arguments(tensors))
        self._backward_calls += 1
        gradients = list(answer) if isinstance(answer, tuple | list) else [answer]
        if len(gradients) != len(self.wrt):
            raise _MalformedError("FAIL", f"backward returns {len(gradients)} gradients, expected {len(self.wrt)}")
        return [self._gradient(g, i, x) for g, i, x in zip(gradients, self.wrt, tensors, strict=True)]

    def _gradient(self, value: Any, index: int, tensor: Array) -> Array:
        def fail(problem: str) -> _MalformedError:
            return _MalformedError("FAIL", f"gradient of argument {index} {problem}", tensor=index)

        if type(value) is not np.ndarray and not isinstance(value, float | np.floating):
            raise fail(f"is of type {type(value).__name__}, expected a NumPy array")
        gradient = np.asarray(value)
        if gradient.dtype.kind != "f" or gradient.dtype.itemsize < 4:
            raise fail(f"has dtype {gradient.dtype}, expected float64")
        if gradient.shape != tensor.shape:
            raise fail(f"has shape {gradient.shape}, expected {tensor.shape}")
        if not np.all(np.isfinite(gradient)):
            raise fail("has NaN or infinite elements")
        self.single |= gradient.dtype.itemsize < 8
        return gradient.astype(np.float64)


def _floating(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


# ── one point ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False)
class _Site:
    """A point with what is known there before any direction is drawn."""

    pair: _Pair
    tensors: list[Array]
    centre: Array
    roughness: Array
    precision: Precision

    def slopes(self, direction: Sequence[Array]) -> Slopes:
        return stencil.slopes(self.pair.line(self.tensors, direction), self.centre, self.roughness, self.precision)


@dataclass(frozen=True, eq=False)
class _Test:
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
        return self.error / max(self.bound, _TINY)


def _direction(tensors: Sequence[Array], draw: np.random.Generator, *, relative: bool = False) -> list[Array]:
    return [stencil.lengths(x, relative=relative) * stencil.grid(draw, x.shape) for x in tensors]


def _site(pair: _Pair, tensors: list[Array], direction: Sequence[Array]) -> _Site:
    """Evaluate the centre, measure the noise, and find out in which precision the forward computes."""
    # at least 2^-14 of each element, or t * step is lost in its last bits and stirs up no roundoff
    stir = [
        np.copysign(np.maximum(np.abs(v), 2.0**-14 * np.abs(x)), v) for x, v in zip(tensors, direction, strict=True)
    ]
    line = pair.line(tensors, stir)
    centre = pair.values([tensors])[0]
    if not np.all(np.isfinite(centre)):
        raise _MalformedError("UNCHECKED", "the forward is not finite here")
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
    return _Site(pair, tensors, centre, roughness, precision)


def _single(rows: Array) -> bool:
    """Are these outputs of float32 arithmetic? They were computed off the float32 grid, so a copy of the input is not;
    small integers fit any format and prove nothing."""
    with np.errstate(all="ignore"):
        fits = np.array_equal(rows, rows.astype(np.float32))
        short = rows.astype(np.float16)
    return fits and not np.array_equal(rows, short)


def _cotangents(found: Slopes, site: _Site, draw: np.random.Generator) -> list[Array]:
    """Cotangents, zero where the slope is unknown: an even one, and one that makes small slopes count as much."""
    precision = site.precision
    usable = found.usable(precision, np.abs(site.centre))
    even = np.where(usable, stencil.grid(draw, usable.shape), 0.0)
    if even.size == 1:
        return [even]
    floor = max(found.largest / precision.heaviest, _TINY)
    weight = found.largest / np.maximum(np.abs(found.value), floor)
    weight = np.where(found.flat | (found.largest == 0), 1.0, weight)
    weighable = usable & (found.within(precision.weighable) | found.flat)
    return [even, np.where(weighable, weight * stencil.grid(draw, usable.shape), 0.0)]


def _compare(site: _Site, direction: Sequence[Array], found: Slopes, cotangent: Array) -> _Test:
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
    return _Test(cotangent, gradients, abs(float(numeric.sum() - terms.sum())), bound)


def _at(pair: _Pair, tensors: list[Array], seed: int) -> tuple[GradientVerdict, _Site, _Test | None]:
    """The verdict at one point: two directions, two cotangents each."""
    directions = [_direction(tensors, rng(seed, "direction", k), relative=bool(k)) for k in (0, 1)]
    site = _site(pair, tensors, directions[0])
    pair.pull(stencil.grid(rng(seed, "structure"), site.centre.shape), tensors)
    if pair.single and site.precision is FLOAT64:
        site = replace(site, precision=FLOAT32)
    seen = GradientVerdict(status="PASS", precision=site.precision.name, point=pair.arguments(tensors))
    checked = False
    for k, direction in enumerate(directions):
        found = site.slopes(direction)
        responds = found.usable(site.precision, np.abs(site.centre)) & (np.abs(found.value) > 10 * found.error)
        seen = replace(seen, dependent=seen.dependent or bool(responds.any()))
        if k == 0:
            seen = replace(seen, constant_slope=_constant(site, direction, found, rng(seed, "far")))
        for cotangent in _cotangents(found, site, rng(seed, "cotangent", k)):
            if not cotangent.any():
                continue
            checked = True
            test = _compare(site, direction, found, cotangent)
            if not test.passed:
                return replace(seen, status="FAIL", error=test.error, bound=test.bound), site, test
    if not checked:
        return replace(seen, status="UNCHECKED", reason="every output sits on a kink or is lost in noise"), site, None
    return seen, site, None


def _constant(site: _Site, direction: Sequence[Array], found: Slopes, draw: np.random.Generator) -> bool:
    """Is the slope along `direction` the same at a far point? There the elements are shuffled (which keeps to the
    domain of log and sqrt) and shrunk, and the step is half a unit, so that any bend shows. Two forward calls."""
    far = [stencil.snap(0.75 * draw.permutation(x.ravel()).reshape(x.shape)) for x in site.tensors]
    ahead, behind = site.pair.line(far, direction)([0.5, -0.5])
    eps = 1e3 * site.precision.eps
    with np.errstate(invalid="ignore", over="ignore"):
        bound = 2 * found.error + eps * (np.abs(ahead) + np.abs(behind) + np.abs(found.value)) + 2 * site.roughness
        return bool(np.all(np.abs(ahead - behind - found.value) <= bound))


# ── several points ─────────────────────────────────────────────────────────────────────────────


def _jittered(tensors: Sequence[Array], draw: np.random.Generator) -> list[Array]:
    """A point nearby, off exact zeros and ties: each element moves by some percent of its size or of the unit."""
    moved = []
    for x in tensors:
        unit = stencil.unit(x)
        size = np.abs(x)
        length = np.where(size > unit * 2.0**-20, 2.0**-5 * np.minimum(size, unit), 2.0**-10 * unit)
        moved.append(stencil.snap(x + length * stencil.grid(draw, x.shape)))
    return moved


def _confirmed(pair: _Pair, given: list[Array], seed: int, confirmations: int) -> GradientVerdict:
    """The verdict at `given`; a FAIL must reproduce at so many points nearby, and a PASS there overrules it.

    On exact kinks even a correct backward can disagree with the true slope (two kinks cancel): jitter moves off them.
    For the same reason a point at which nothing can be measured is replaced, once.
    """
    failures = []
    for k in range(confirmations + 2 if confirmations else 1):
        tensors = _jittered(given, rng(seed, "jitter", k)) if k else given
        try:
            verdict, site, test = _at(pair, tensors, seed + k)
        except _MalformedError as malformed:
            if k == 0 or malformed.verdict.status == "FAIL":
                raise
            continue  # the jitter left the forward's domain
        if verdict.status == "PASS":
            return verdict
        if test is not None:
            failures.append((verdict, site, test))
        if len(failures) > confirmations:
            return _explained(*failures[0], seed)
    reason = "the difference shows at some points only" if failures else verdict.reason
    return replace(verdict, status="UNCHECKED", reason=reason, error=0.0, bound=0.0)


# ── after a failure ────────────────────────────────────────────────────────────────────────────


def _explained(verdict: GradientVerdict, site: _Site, test: _Test, seed: int) -> GradientVerdict:
    """Name the gradient that is wrong, and measure it element by element."""
    which, test = _blamed(site, test, seed)
    index = site.pair.wrt[which]
    analytic = test.gradients[which]
    verdict = replace(
        verdict,
        tensor=index,
        analytic=analytic,
        cotangent=test.cotangent.reshape(site.pair.shape or ()),
        error=test.error,
        bound=test.bound,
        reason=f"gradient of argument {index} differs from finite differences",
    )
    if analytic.size > _LARGEST:
        return verdict
    numeric, error = _full(site, which, test.cotangent)
    gap = np.abs(numeric - analytic)
    bound = error + site.precision.slack * float(np.max(np.abs(numeric), initial=0.0))
    worst = np.unravel_index(int(np.argmax(gap / np.maximum(bound, _TINY))), gap.shape)
    place = tuple(int(i) for i in worst)
    if gap[place] <= bound[place]:
        return verdict  # the elements are too noisy one by one to show what their sum shows
    return replace(
        verdict,
        numeric=numeric,
        worst=place,
        error=float(gap[place]),
        bound=float(bound[place]),
        reason=f"gradient of argument {index} at {list(place)} is {analytic[place]:.6g}, "
        f"finite differences give {numeric[place]:.6g}",
    )


def _blamed(site: _Site, test: _Test, seed: int) -> tuple[int, _Test]:
    """The tensor whose own direction exceeds its bound most, and the test that says so."""
    if len(site.tensors) == 1:
        return 0, test
    tests: list[tuple[int, _Test]] = []
    for which in range(len(site.tensors)):
        direction = _direction(site.tensors, rng(seed, "blame", which), relative=True)
        direction = [v if i == which else np.zeros_like(v) for i, v in enumerate(direction)]
        found = site.slopes(direction)
        cotangents = _cotangents(found, site, rng(seed, "blame cotangent", which))
        tests += [(which, _compare(site, direction, found, u)) for u in cotangents if u.any()]
    blamed, _ = max(tests, key=lambda entry: entry[1].excess, default=(0, test))
    # the even cotangent comes first and is easier to read than one with weights
    return blamed, next((t for which, t in tests if which == blamed and not t.passed), test)


def _full(site: _Site, which: int, cotangent: Array) -> tuple[Array, Array]:
    """The gradient of <cotangent, forward> in every element of one tensor, and a bound on its error.

    A chunk of elements is one line: each t steps along every element in turn, and the outputs stand side by side.
    """
    x = site.tensors[which]
    seen = cotangent != 0
    lengths = stencil.lengths(x, relative=True).ravel()
    numeric, error = np.empty(x.size), np.empty(x.size)
    for start in range(0, x.size, _CHUNK):
        chunk = range(start, min(start + _CHUNK, x.size))

        def line(ts: Sequence[float], chunk: range = chunk) -> Array:
            points = []
            for t, j in itertools.product(ts, chunk):
                moved = x.copy()
                moved.flat[j] += t * lengths[j]
                points.append([*site.tensors[:which], moved, *site.tensors[which + 1 :]])
            return site.pair.values(points)[:, seen].reshape(len(ts), -1)

        found = stencil.slopes(
            line, np.tile(site.centre[seen], len(chunk)), np.tile(site.roughness[seen], len(chunk)), site.precision
        )
        factor = np.where(found.within(site.precision.resolved), 2.0, 20.0)
        shape = (len(chunk), -1)
        part = slice(chunk.start, chunk.stop)
        numeric[part] = found.value.reshape(shape) @ cotangent[seen] / lengths[part]
        error[part] = (factor * found.error).reshape(shape) @ np.abs(cotangent[seen]) / lengths[part]
    return numeric.reshape(x.shape), error.reshape(x.shape)
