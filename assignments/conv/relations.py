"""Relations between a student's own answers: they give points for what is right in an answer that is wrong elsewhere.

A stride of two, for instance, gives every other output of a stride of one, whatever the layer computes.
"""

import numpy as np

from autograder import CheckFailed, expect, expect_shape


def own(shape, **named):
    """A student's answer, `name=actual`, as something to compare their other answers with: of the right shape, finite,
    and not one number everywhere, which would satisfy any relation. Raises CheckFailed."""
    ((name, actual),) = named.items()
    expect_shape(**{name: (actual, shape)})
    if not np.isfinite(actual).all():
        raise CheckFailed(f"{name} holds numbers that are not finite.", tensor=name)
    if np.ptp(actual) == 0:
        raise CheckFailed(f"{name} is the same number everywhere, so there is nothing to compare.", tensor=name)
    return actual.astype(np.float64)


def expect_adjoint(student, out, dout, **gradients):
    """⟨out, dout⟩ = ⟨x, dx⟩ for each `dx=(dx, x)` in which out is linear; `out` and each dx are the student's own.

    Take `dout` equal to the right out: the products are then sums of squares, which do not cancel."""
    product = np.vdot(own(dout.shape, out=out), dout)
    for name, (gradient, of) in gradients.items():
        found = np.vdot(own(of.shape, **{name: gradient}), of)
        expect(student, **{f"⟨{name[1:]}, {name}⟩": (found, product)})
