"""The cases that are asked about: their parameters, their arrays, and what is right for them."""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

import numpy as np

from autograder import Space, all_pairs, vjp

from . import formulas

# So small beside any variance here that its place cannot be seen: where eps belongs is a question of its own.
UNSEEN_EPS = (1e-12,)
SCALES = (1.0, 20.0)
MOMENTA = (0.9, 0.25)


def space(valid=lambda **_: True, **choices):
    """A Space whose rows hold every pair of values."""
    return Space(rows=all_pairs(valid, **choices), **choices)


# With two values and no eps xhat is ±1 whatever x is, and dx is 0: only rounding would be compared. So four at least;
# SMALL has two, beside an eps that counts.
FEATURES = space(n=(4, 5, 7), d=(2, 1, 3), scale=SCALES, eps=UNSEEN_EPS, momentum=MOMENTA)
IMAGES = space(
    valid=lambda n, h, w, **_: n * h * w >= 4,
    n=(2, 1, 3),
    c=(2, 3, 1),
    h=(2, 1, 3),
    w=(2, 3, 4),
    scale=(1.0,),
    eps=UNSEEN_EPS,
    momentum=MOMENTA,
)
EXAMPLES = space(n=(2, 1, 3), d=(4, 5, 7), scale=SCALES, eps=UNSEEN_EPS)

# Spread of 1e-2, so that an eps of its square's size is seen. Three columns at least: dx of two values may be small by
# chance, and it is the largest that sets the tolerance.
SMALL = space(n=(2, 3, 5), d=(3, 4), scale=(1e-2,), eps=(1e-4, 1e-3), momentum=(0.9,))
SMALL_IMAGES = space(n=(2, 1), c=(3, 2), h=(2, 3), w=(3, 2), scale=(1e-2,), eps=(1e-4, 1e-3), momentum=(0.9,))
SMALL_EXAMPLES = space(n=(3, 4), d=(2, 3, 5), scale=(1e-2,), eps=(1e-4, 1e-3))

# Here dx is of the size 0.1: what must be 0 is compared with the absolute tolerance alone, which suits that size.
LARGE = space(n=(4, 5), d=(2, 3), scale=(20.0,), eps=UNSEEN_EPS, momentum=(0.9,))
LARGE_IMAGES = space(n=(2, 3), c=(2, 3), h=(2, 3), w=(3, 4), scale=(20.0,), eps=UNSEEN_EPS, momentum=(0.9,))
LARGE_EXAMPLES = space(n=(2, 3), d=(4, 5), scale=(20.0,), eps=UNSEEN_EPS)


def one(of, **sizes):
    """The first case of a Space in these sizes, which all differ: for a check that makes dozens of calls a case."""
    return Space(rows=[of.rows[0] | sizes], **of.choices)


ONE, ONE_IMAGE, ONE_EXAMPLE = one(LARGE, n=5, d=3), one(LARGE_IMAGES, n=2, c=3, h=4, w=5), one(LARGE_EXAMPLES, n=3, d=5)


@dataclass(frozen=True)
class Layer:
    """One of the three layers. `axes` are those of the statistics; `one` has a mean of its own; `arrange` brings
    independent columns, one for each mean, into the layer's shape."""

    name: str
    one: str
    sizes: tuple[str, ...]
    axes: tuple[int, ...]
    arrange: Callable
    has_state: bool
    plain: Space
    small: Space
    large: Space
    one_case: Space

    @property
    def forward(self):
        return f"{self.name}_forward"

    def shape(self, case):
        return tuple(getattr(case, size) for size in self.sizes)

    def features(self, case):
        return self.shape(case)[1]

    def x(self, case):
        return case.given("x", case.once("x", lambda: self._draw_x(case)))

    def _draw_x(self, case):
        shape = self.shape(case)
        count = prod(shape[axis] for axis in self.axes)
        columns = spread(case.rng("x"), count, prod(shape) // count)
        return self.arrange(case.scale * columns, shape)

    def arguments(self, case):
        """x, gamma and beta."""
        features = self.features(case)
        return self.x(case), case.array("gamma", features), case.array("beta", features)

    def state(self, case):
        """Running statistics that are neither 0 and 1 nor the batch's, but of its size."""
        size, features = case.scale, self.features(case)
        mean = case.given("running_mean", size * case.once("mean", lambda: case.rng("mean").uniform(0.5, 2, features)))
        var = case.given("running_var", size**2 * case.once("var", lambda: case.rng("var").uniform(0.5, 2, features)))
        return {"running_mean": mean, "running_var": var}

    @property
    def in_training(self):
        """The option that says so."""
        return {"training": True} if self.has_state else {}

    def inputs(self, case):
        """What comes before the options."""
        return (*self.arguments(case), *([self.state(case)] if self.has_state else []))

    def out(self, case):
        """The right out, in training."""
        return case.once("out", lambda: formulas.normalisation(*self.arguments(case), case.eps, self.axes))

    def evaluated(self, case):
        """The right out with training=False."""
        return case.once("evaluated", lambda: formulas.evaluation(*self.inputs(case), case.eps))

    def one_each(self, case):
        """The shape of what has one number for each mean, and is broadcast over x."""
        return tuple(1 if axis in self.axes else length for axis, length in enumerate(self.shape(case)))

    def gradients(self, case):
        """A random dout, and the gradients for it by name."""
        dout = case.array("dout", *self.shape(case))
        arguments = (*self.arguments(case), case.eps, self.axes)
        found = case.once("gradients", lambda: vjp(formulas.normalisation, arguments, dout, wrt=(0, 1, 2)))
        return dout, dict(zip(("dx", "dgamma", "dbeta"), found, strict=True))


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


BATCH = Layer(
    name="batchnorm",
    one="feature",
    sizes=("n", "d"),
    axes=(0,),
    arrange=lambda columns, _: columns,
    has_state=True,
    plain=FEATURES,
    small=SMALL,
    large=LARGE,
    one_case=ONE,
)
SPATIAL = Layer(
    name="spatial_batchnorm",
    one="channel",
    sizes=("n", "c", "h", "w"),
    axes=(0, 2, 3),
    arrange=channels_second,
    has_state=True,
    plain=IMAGES,
    small=SMALL_IMAGES,
    large=LARGE_IMAGES,
    one_case=ONE_IMAGE,
)
LAYER = Layer(
    name="layernorm",
    one="example",
    sizes=("n", "d"),
    axes=(1,),
    arrange=lambda columns, _: np.ascontiguousarray(columns.T),
    has_state=False,
    plain=EXAMPLES,
    small=SMALL_EXAMPLES,
    large=LARGE_EXAMPLES,
    one_case=ONE_EXAMPLE,
)
