"""The layers' pairs of entry points; the methods are the checks that pairs of one kind share."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from autograder import Space, expect, expect_consistent, expect_repeatable, expect_shape, expect_unmodified

from . import formulas
from .cases import (
    FEW_IMAGES,
    FEW_SEQUENCES,
    SEQUENCES,
    STRIDED_IMAGES,
    UNEVEN_IMAGES,
    UNEVEN_SEQUENCES,
    convolution_arguments,
    convolution_expected,
    convolution_gradients,
    convolution_shape,
    pooling_arguments,
    pooling_expected,
    pooling_gradient,
)

GRADIENTS = ("dx", "dw", "db")


@dataclass(frozen=True)
class Convolution:
    """A pair of entry points that convolve, and where its cases come from."""

    name: str
    given: Space
    uneven: Space
    few: Space

    @property
    def forward(self):
        return f"{self.name}_forward"

    @property
    def backward(self):
        return f"{self.name}_backward"

    def call(self, student, case):
        return getattr(student, self.forward)(*convolution_arguments(case), case.stride, case.pad)

    def pull(self, student, case):
        """What the student makes of a random dout, and what is right for it."""
        dout, gradients = convolution_gradients(case)
        _, cache = self.call(student, case)
        return dict(zip(GRADIENTS, getattr(student, self.backward)(dout, cache), strict=True)), gradients

    def values(self, student, case):
        out, _ = self.call(student, case)
        expect(student, out=(out, convolution_expected(case)))

    def shape(self, student, case):
        """out has exactly the shape that the formula for its size gives."""
        out, _ = self.call(student, case)
        expect_shape(out=(out, convolution_shape(case)))

    def forward_pure(self, student, case):
        """x, w and b are left as they were."""
        x, w, b = convolution_arguments(case)
        expect_unmodified(student, self.forward, x=x, w=w, b=b, stride=case.stride, pad=case.pad)

    def gradients(self, student, case):
        found, gradients = self.pull(student, case)
        expect(student, **{name: (found[name], gradients[name]) for name in GRADIENTS})

    def gradient_of(self, name):
        """The check of one gradient."""

        def gradient(student, case):
            found, gradients = self.pull(student, case)
            expect(student, **{name: (found[name], gradients[name])})

        return gradient

    def shapes(self, student, case):
        """dx, dw and db have exactly the shapes of x, w and b: db is (F,), not (1, F)."""
        found, gradients = self.pull(student, case)
        expect_shape(**{name: (found[name], gradients[name].shape) for name in GRADIENTS})

    def consistent(self, student, case):
        """The backward pass is the gradient of your own forward pass, right or wrong."""
        args = (*convolution_arguments(case), case.stride, case.pad)
        expect_consistent(student, self.forward, self.backward, args, GRADIENTS, case.seed)

    def backward_pure(self, student, case):
        """dout and the cache are left as they were."""
        dout, gradients = convolution_gradients(case)
        _, cache = self.call(student, case)
        expect_repeatable(student, self.backward, dout, cache, **gradients)


CONV2D = Convolution("conv2d", STRIDED_IMAGES, UNEVEN_IMAGES, FEW_IMAGES)
CONV1D = Convolution("conv1d", SEQUENCES, UNEVEN_SEQUENCES, FEW_SEQUENCES)
FAST = Convolution("conv2d_fast", STRIDED_IMAGES, UNEVEN_IMAGES, FEW_IMAGES)


@dataclass(frozen=True)
class Pooling:
    """A pair of entry points that pool: what they compute, what is said of them, and a known answer."""

    name: str
    formula: Callable
    meaning: str
    backward_meaning: str
    known: tuple

    @property
    def forward(self):
        return f"{self.name}_forward"

    @property
    def backward(self):
        return f"{self.name}_backward"

    def values(self, student, case):
        out, _ = getattr(student, self.forward)(*pooling_arguments(case))
        expect(student, out=(out, pooling_expected(case, self.formula)))

    def known_answer(self, student, case):
        """An answer worked out by hand, with pool and stride left out."""
        x = case.given("x", np.array([[[[5.0, 2, -3, 0], [2, -1, 4, -1], [-4, -4, -3, 0], [3, 5, 0, -1]]]]))
        out, _ = getattr(student, self.forward)(x)
        expect(student, out=(out, [[self.known]]))

    def forward_pure(self, student, case):
        """x is left as it was."""
        x, pool, stride = pooling_arguments(case)
        expect_unmodified(student, self.forward, x=x, pool=pool, stride=stride)

    def gradient(self, student, case):
        dout, dx = pooling_gradient(case, self.formula)
        _, cache = getattr(student, self.forward)(*pooling_arguments(case))
        expect(student, dx=(getattr(student, self.backward)(dout, cache), dx))

    def backward_pure(self, student, case):
        """dout and the cache are left as they were."""
        dout, dx = pooling_gradient(case, self.formula)
        _, cache = getattr(student, self.forward)(*pooling_arguments(case))
        expect_repeatable(student, self.backward, dout, cache, dx=dx)


MAX = Pooling(
    "max_pool2d",
    formulas.max_pool,
    "out holds the largest number of each window, channel by channel.",
    "dx holds dout where the largest number of its window stands, and 0 elsewhere.",
    ([5, 4], [5, 0]),
)
AVERAGE = Pooling(
    "avg_pool2d",
    formulas.avg_pool,
    "out holds the average of each window, channel by channel.",
    "dx holds an equal share of dout for each element of a window.",
    ([2, 0], [0, -1]),
)
