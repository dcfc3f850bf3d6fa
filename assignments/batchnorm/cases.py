"""The cases that are asked about: their parameters, their arrays, and the three kinds of layer."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from autograder import Space, all_pairs

from . import formulas


def space(valid=lambda **_: True, **choices):
    """A Space whose rows hold every pair of values."""
    return Space(rows=all_pairs(valid, **choices), **choices)


# With two values and no eps xhat is ±1 whatever x is, and dx is 0: only rounding would be compared. So four at least;
# `small` has two, beside an eps that counts. It has three columns at least: dx of two values may be small by chance,
# and it is the largest that sets the tolerance.
FEATURES = {
    "plain": {"n": (4, 5, 7), "d": (2, 1, 3)},
    "few": {"n": (4, 5), "d": (2, 3)},
    "small": {"n": (2, 3, 5), "d": (3, 4)},
    "one": {"n": (5,), "d": (3,)},
}
IMAGES = {
    "plain": {"n": (2, 1, 3), "c": (2, 3, 1), "h": (2, 1, 3), "w": (2, 3, 4)}
    | {"valid": lambda n, h, w, **_: n * h * w >= 4},
    "few": {"n": (2, 3), "c": (2, 3), "h": (2, 3), "w": (3, 4)},
    "small": {"n": (2, 1), "c": (3, 2), "h": (2, 3), "w": (3, 2)},
    "one": {"n": (2,), "c": (3,), "h": (4,), "w": (5,)},
}
EXAMPLES = {
    "plain": {"n": (2, 1, 3), "d": (4, 5, 7)},
    "few": {"n": (2, 3), "d": (4, 5)},
    "small": {"n": (3, 4), "d": (2, 3, 5)},
    "one": {"n": (3,), "d": (5,)},
}

# Where eps belongs, and another eps than the default, are questions of their own. All others leave eps out, and have a
# spread that hides it: outside of the root 1e-5 is 1e-15 of it, below what rounding costs.
FAR = {"scale": (1e10,)}
# A spread whose square is 1e-4: the default eps is a tenth of that, and these count as much as it does.
NEAR = {"scale": (1e-2,)}


@dataclass(frozen=True, eq=False)
class Kind:
    """One of the three layers. `axes` are those of the statistics; `one` has a mean of its own; `names` are those of
    x's sizes; `arrange` brings independent columns, one for each mean, into x's shape."""

    name: str
    formula: Callable
    one: str
    names: tuple[str, ...]
    axes: tuple[int, ...]
    arrange: Callable
    has_state: bool
    sizes: dict

    @cached_property
    def plain(self):
        return space(**self.sizes["plain"], **FAR)

    @cached_property
    def few(self):
        return space(**self.sizes["few"], **FAR)

    @cached_property
    def near(self):
        return space(**self.sizes["small"], **NEAR)

    @cached_property
    def usual_momentum(self):
        return space(**self.sizes["small"], **NEAR, momentum=(0.9,))

    @cached_property
    def other_eps(self):
        return space(**self.sizes["small"], **NEAR, eps=(1e-4, 1e-3))

    @cached_property
    def other_momentum(self):
        return space(**self.sizes["few"], **FAR, momentum=(0.25, 0.6))

    @cached_property
    def single(self):
        """One case of sizes that all differ: for a check that makes dozens of calls a case."""
        return space(**self.sizes["one"], scale=(20.0,))

    @property
    def forward(self):
        return f"{self.name}_forward"

    def shape(self, case):
        return tuple(getattr(case, name) for name in self.names)

    def features(self, case):
        return self.shape(case)[1]

    def one_each(self, case):
        """The shape of what has one number for each mean, and is broadcast over x."""
        return tuple(1 if axis in self.axes else length for axis, length in enumerate(self.shape(case)))

    def x(self, case):
        return case.given("x", case.once("x", lambda: self._draw_x(case)))

    def _draw_x(self, case):
        shape = self.shape(case)
        count = prod(shape[axis] for axis in self.axes)
        columns = spread(case.rng("x"), count, prod(shape) // count)
        return self.arrange(case.scale * columns, shape)

    def arguments(self, case):
        """What comes before the options. gamma and beta are as large as x, so that dx is as large as dout."""
        scaled = {name: case.once(name, lambda name=name: self._draw(case, name)) for name in ("gamma", "beta")}
        inputs = {"x": self.x(case)} | {name: case.given(name, value) for name, value in scaled.items()}
        return inputs | ({"state": self.state(case)} if self.has_state else {})

    def _draw(self, case, name):
        values = case.rng(name).standard_normal(self.features(case))
        return case.scale * (values + np.copysign(0.05, values))

    def state(self, case):
        """Running statistics that are neither 0 and 1 nor the batch's, but of its size."""
        return {
            name: case.given(name, case.once(name, lambda name=name, size=size: self._draw_state(case, name, size)))
            for name, size in (("running_mean", case.scale), ("running_var", case.scale**2))
        }

    def _draw_state(self, case, name, size):
        return size * case.rng(name.removeprefix("running_")).uniform(0.5, 2, self.features(case))

    def options(self, case):
        """training=True where there is such an option, and those that the case asks for."""
        asked = {name: case.params[name] for name in ("momentum", "eps") if name in case.params}
        return ({"training": True} if self.has_state else {}) | asked

    def evaluated(self, case):
        """The right out with training=False."""
        options = self.options(case) | {"training": False}
        return case.once("evaluated", lambda: self.formula(**self.arguments(case), **options))


def spread(rng, count, columns):
    """(count, columns): columns with a mean and a spread of their own, none without spread. E[x²] is at most a hundred
    times the variance, so that E[x²] - E[x]² loses two digits and no more."""
    even = rng.permuted(np.tile(np.linspace(-1, 1, count)[:, None], columns), axis=0)
    uneven = even + rng.uniform(-0.3, 0.3, even.shape)
    return rng.choice([-1.0, 1.0], columns) * rng.uniform(0.5, 2, columns) + rng.uniform(0.5, 1.5, columns) * uneven


def channels_second(rows, shape):
    """(N·H·W, C) → (N, C, H, W)."""
    n, c, h, w = shape
    return np.ascontiguousarray(rows.reshape(n, h, w, c).transpose(0, 3, 1, 2))


BATCH = Kind(
    name="batchnorm",
    formula=formulas.batchnorm,
    one="feature",
    names=("n", "d"),
    axes=(0,),
    arrange=lambda columns, _: columns,
    has_state=True,
    sizes=FEATURES,
)
SPATIAL = Kind(
    name="spatial_batchnorm",
    formula=formulas.spatial_batchnorm,
    one="channel",
    names=("n", "c", "h", "w"),
    axes=(0, 2, 3),
    arrange=channels_second,
    has_state=True,
    sizes=IMAGES,
)
LAYER = Kind(
    name="layernorm",
    formula=formulas.layernorm,
    one="example",
    names=("n", "d"),
    axes=(1,),
    arrange=lambda columns, _: np.ascontiguousarray(columns.T),
    has_state=False,
    sizes=EXAMPLES,
)
