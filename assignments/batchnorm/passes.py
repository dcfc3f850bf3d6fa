"""The checks that the layers share, as methods. A docstring is what the student reads; {one} is what has a mean."""

from dataclasses import dataclass

import numpy as np

from autograder import CheckFailed, expect, expect_consistent, expect_repeatable, expect_shape, expect_unmodified

from . import formulas
from .cases import Layer

INPUTS = ("x", "gamma", "beta", "state")
GRADIENTS = ("dx", "dgamma", "dbeta")


@dataclass(frozen=True)
class Forward:
    """A layer's forward pass; its methods are the checks that the layers share."""

    layer: Layer

    @property
    def name(self):
        return self.layer.forward

    def call(self, student, inputs, **options):
        """out, and the new state of a layer that has one; in training if nothing else is said."""
        out, _, *state = getattr(student, self.name)(*inputs, **self.layer.in_training | options)
        return out, *state

    def values(self, student, case):
        """Each {one} is normalised by its own mean and variance, then scaled by gamma and shifted by beta."""
        out, *_ = self.call(student, self.layer.inputs(case), eps=case.eps)
        expect(student, out=(out, self.layer.out(case)))

    def statistics(self, student, case):
        """With gamma 1 the mean of each {one} of out is beta, and its variance var / (var + eps), eps in the root."""
        layer = self.layer
        x, gamma, _, *state = layer.inputs(case)
        shift = case.given("shift", case.rng("shift").uniform(1, 2))
        out, *_ = self.call(student, (x, np.ones_like(gamma), np.full_like(gamma, shift), *state), eps=case.eps)
        expect_shape(out=(out, x.shape))
        out, var = out.astype(float), formulas.variance(x, layer.axes)
        expect(
            student,
            mean_of_out=(out.mean(axis=layer.axes), np.full_like(var, shift)),
            variance_of_out=(formulas.variance(out, layer.axes), var / (var + case.eps)),
        )

    def invariance(self, student, case):
        """Moving and scaling each {one} of x, and reordering the batch, leave out as it was, reordered."""
        x, *others = self.layer.inputs(case)
        a, b = (case.given(name, case.rng(name).uniform(2, 4, self.layer.one_each(case))) for name in "ab")
        order = np.roll(np.arange(len(x)), 1)
        out, *_ = self.call(student, ((a * x + b)[order], *others), eps=case.eps)
        expect(student, out=(out, self.layer.out(case)[order]))

    def constant(self, student, case):
        """Where x does not vary, out is beta."""
        x, gamma, beta, *state = self.layer.inputs(case)
        constant = np.zeros_like(x) + np.resize([3.0, -2.0, 5.0], self.layer.one_each(case))
        out, *_ = self.call(student, (case.given("constant x", constant), gamma, beta, *state), eps=1e-3)
        expect(student, out=(out, np.zeros_like(x) + formulas.along(x, beta)))

    def defaults(self, student, case):
        """Arguments that are not given are eps=1e-5 and, where they exist, training=True and momentum=0.9."""
        layer = self.layer
        out, _, *state = getattr(student, self.name)(*layer.inputs(case))
        expect(student, out=(out, formulas.normalisation(*layer.arguments(case), 1e-5, layer.axes)))
        if layer.has_state:
            expect(student, state=(*state, formulas.running(layer.x(case), layer.state(case), 0.9, layer.axes)))

    def shape(self, student, case):
        """out has exactly x's shape."""
        out, *_ = self.call(student, self.layer.inputs(case), eps=case.eps)
        expect_shape(out=(out, self.layer.shape(case)))

    def pure(self, student, case):
        """The arguments are left as they were."""
        given = dict(zip(INPUTS, self.layer.inputs(case), strict=False))
        expect_unmodified(student, self.name, **given, **self.layer.in_training)

    def alone(self, student, case):
        """An example gets the same result alone as it gets in a batch."""
        x, *others = self.layer.inputs(case)
        found = student.each(self.name, [(x[[i]], *others) for i in range(len(x))], eps=case.eps)
        expect(student, **{f"out_{i}": (out, self.layer.out(case)[[i]]) for i, (out, _) in enumerate(found)})

    # of layers with a state

    def running(self, student, case):
        """Running mean and variance become momentum * running + (1 - momentum) * batch; the variance is over N."""
        layer = self.layer
        # a large eps, which is no part of the running variance
        _, state = self.call(student, layer.inputs(case), momentum=case.momentum, eps=0.5)
        expect(student, state=(state, formulas.running(layer.x(case), layer.state(case), case.momentum, layer.axes)))

    def state_shape(self, student, case):
        """The running statistics have one number for each {one}, and no other axis."""
        _, state = self.call(student, self.layer.inputs(case), momentum=case.momentum)
        wanted = (self.layer.features(case),)
        expect_shape(**{name: (state[name], wanted) for name in ("running_mean", "running_var")})

    def evaluation(self, student, case):
        """With training=False the running statistics take the place of the batch's."""
        out, _ = self.call(student, self.layer.inputs(case), training=False, eps=case.eps)
        expect(student, out=(out, self.layer.evaluated(case)))

    def evaluation_eps(self, student, case):
        """With training=False eps is added to the running variance, inside the root."""
        self.evaluation(student, case)

    def evaluation_unchanged(self, student, case):
        """With training=False the state comes back as it was, and nothing that was given is changed."""
        inputs = self.layer.inputs(case)
        _, state = self.call(student, inputs, training=False, momentum=case.momentum)
        expect(student, state=(state, self.layer.state(case)))
        expect_unmodified(student, self.name, **dict(zip(INPUTS, inputs, strict=True)), training=False)

    def evaluation_alone(self, student, case):
        """With training=False an example gets the same result alone as it gets in a batch."""
        x, *others = self.layer.inputs(case)
        expected = self.layer.evaluated(case)
        found = student.each(self.name, [(x[[i]], *others) for i in range(len(x))], training=False, eps=case.eps)
        expect(student, **{f"out_{i}": (out, expected[[i]]) for i, (out, *_) in enumerate(found)})


@dataclass(frozen=True)
class Backward:
    """One of the backward passes; its methods are the checks that they share."""

    name: str
    layer: Layer

    def cache(self, student, inputs, eps):
        _, cache, *_ = getattr(student, self.layer.forward)(*inputs, **self.layer.in_training, eps=eps)
        return cache

    def call(self, student, dout, inputs, eps):
        return getattr(student, self.name)(dout, self.cache(student, inputs, eps))

    def gradients(self, student, case):
        """dx, dgamma and dbeta are the gradients for any dout, through the mean and the variance, too."""
        dout, gradients = self.layer.gradients(case)
        found = self.call(student, dout, self.layer.inputs(case), case.eps)
        expect(student, **{name: (one, gradients[name]) for name, one in zip(GRADIENTS, found, strict=True)})

    def eps(self, student, case):
        """The gradients are right where eps is as large as the variance, and for a mean over two or three numbers."""
        self.gradients(student, case)

    def shapes(self, student, case):
        """dx, dgamma and dbeta have exactly the shapes of x, gamma and beta."""
        dout, gradients = self.layer.gradients(case)
        found = self.call(student, dout, self.layer.inputs(case), case.eps)
        expect_shape(**{name: (one, gradients[name].shape) for name, one in zip(GRADIENTS, found, strict=True)})

    def consistent(self, student, case):
        """The backward pass is the gradient of your own forward pass, right or wrong."""
        inputs = (*self.layer.inputs(case), *self.layer.in_training.values())
        expect_consistent(student, self.layer.forward, self.name, inputs, GRADIENTS, case.seed)

    def orthogonal(self, student, case):
        """For each {one} dx sums to 0, and dx times xhat does so too: a shift or a scale of x changes nothing."""
        layer, (x, gamma, _) = self.layer, self.layer.arguments(case)
        dx, *_ = self.call(student, layer.gradients(case)[0], layer.inputs(case), case.eps)
        expect_shape(dx=(dx, x.shape))
        if not np.any(dx):
            raise CheckFailed("dx is zero throughout; it must not be.", tensor="dx")
        xhat = formulas.normalisation(x, np.ones_like(gamma), np.zeros_like(gamma), case.eps, layer.axes)
        means = dx.mean(axis=layer.axes, dtype=float), (dx * xhat).mean(axis=layer.axes)
        zeros = np.zeros_like(means[0])
        expect(student, mean_of_dx=(means[0], zeros), mean_of_dx_times_xhat=(means[1], zeros))

    def constant(self, student, case):
        """Where x does not vary dx is finite: eps sees to that."""
        layer, (x, *others) = self.layer, self.layer.inputs(case)
        constant = x.copy()
        constant[(slice(None), 0) if layer.has_state else 0] = 3.0
        constant = case.given("x in part constant", constant)
        dx, *_ = self.call(student, layer.gradients(case)[0], (constant, *others), 1e-3)
        expect_shape(dx=(dx, x.shape))
        if not np.isfinite(dx).all():
            raise CheckFailed("dx is not finite where x does not vary.", tensor="dx")

    def pure(self, student, case):
        """dout and the cache are left as they were."""
        dout, gradients = self.layer.gradients(case)
        cache = self.cache(student, self.layer.inputs(case), case.eps)
        expect_repeatable(student, self.name, dout, cache, **gradients)
