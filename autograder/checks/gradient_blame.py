"""After a gradient check has failed: which gradient is wrong, and where."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from autograder.checks import stencil
from autograder.checks.gradient_pair import GradientVerdict, rng
from autograder.checks.gradient_site import TINY, Comparison, Site, compare, draw_cotangents, random_direction
from autograder.checks.numbers import gap, told_apart
from autograder.checks.stencil import Array

LARGEST = 2048  # elements of a tensor whose full numeric gradient is still worth 6 forward calls each
CHUNK = 16  # elements measured in one batch by the full numeric gradient: 96 forward points


def explained(verdict: GradientVerdict, site: Site, test: Comparison, seed: int, measure: bool) -> GradientVerdict:
    """Name the gradient that is wrong, and `measure` it element by element."""
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
        reason=f"{site.pair.names[index]} differs from finite differences",
    )
    if not measure or analytic.size > LARGEST:
        return verdict
    numeric, error = _full(site, which, test.cotangent)
    distance = np.abs(numeric - analytic)
    bound = error + site.precision.slack * float(np.max(np.abs(numeric), initial=0.0))
    worst = np.unravel_index(int(np.argmax(distance / np.maximum(bound, TINY))), distance.shape)
    place = tuple(int(i) for i in worst)
    if distance[place] <= bound[place]:
        return verdict  # the elements are too noisy one by one to show what their sum shows
    found, wanted = told_apart(analytic[place], numeric[place])
    return replace(
        verdict,
        numeric=numeric,
        worst=place,
        error=float(distance[place]),
        bound=float(bound[place]),
        reason=f"{site.pair.names[index]}{f' at {list(place)}' if place else ''} is {found}, finite differences give "
        f"{wanted}{gap(analytic[place], numeric[place], float(bound[place]))}",
    )


def _blamed(site: Site, test: Comparison, seed: int) -> tuple[int, Comparison]:
    """The tensor whose own direction exceeds its bound most, and the test that says so."""
    if len(site.tensors) == 1:
        return 0, test
    tests: list[tuple[int, Comparison]] = []
    for which in range(len(site.tensors)):
        direction = random_direction(site.tensors, rng(seed, "blame", which), relative=True)
        direction = [v if i == which else np.zeros_like(v) for i, v in enumerate(direction)]
        found = site.slopes(direction)
        cotangents = draw_cotangents(found, site, rng(seed, "blame cotangent", which))
        tests += [(which, compare(site, direction, found, u)) for u in cotangents if u.any()]
    blamed, _ = max(tests, key=lambda entry: entry[1].excess, default=(0, test))
    # the even cotangent comes first and is easier to read than one with weights
    return blamed, next((t for which, t in tests if which == blamed and not t.passed), test)


def _full(site: Site, which: int, cotangent: Array) -> tuple[Array, Array]:
    """The gradient of <cotangent, forward> in every element of one tensor, and a bound on its error.

    A chunk of elements is one line: each t steps along every element in turn, and the outputs stand side by side.
    """
    x = site.tensors[which]
    seen = cotangent != 0
    lengths = stencil.lengths(x, relative=True).ravel()
    numeric, error = np.empty(x.size), np.empty(x.size)
    for start in range(0, x.size, CHUNK):
        chunk = range(start, min(start + CHUNK, x.size))

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
