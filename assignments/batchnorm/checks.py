"""What is asked of a normalisation submission. The sentence that the student reads is a docstring."""

import numpy as np

from autograder import check, expect

from .cases import BATCH, LAYER, SPATIAL
from .passes import Backward, Forward

# Each check's space (a field of Layer), further examples, and needs: what a trivial answer passes pays only with these.
ASKED = {
    "values": ("plain", 2, ()),
    "statistics": ("small", 2, ()),
    "running": ("plain", 2, ()),
    "evaluation": ("plain", 2, ()),
    "evaluation_eps": ("small", 1, ()),
    "evaluation_unchanged": ("large", 1, ("evaluation",)),
    "evaluation_alone": ("large", 1, ()),
    "alone": ("large", 1, ()),
    "invariance": ("large", 1, ()),
    "defaults": ("small", 1, ("values", "running")),
    "shape": ("plain", 1, ("values",)),
    "state_shape": ("plain", 1, ("running",)),
    "gradients": ("plain", 2, ()),
    "eps": ("small", 2, ()),
    "consistent": ("one_case", 0, ()),
    "orthogonal": ("large", 2, ()),
    "shapes": ("plain", 1, ("gradients",)),
}


def ask(of, needed, **points):
    """Declare the checks of one pass, with their points; `constant` and `pure` need the check called `needed`."""
    for name, worth in points.items():
        space, examples, needs = ASKED.get(name, ("large", 1, (needed,)))
        method = getattr(of, name)
        check(
            of.name,
            points=worth,
            given=getattr(of.layer, space),
            examples=examples,
            needs=tuple(f"{of.name}.{need}" for need in needs if need in points),
            sentence=method.__doc__.format(one=of.layer.one),
        )(method)


FORWARD = {layer.forward: Forward(layer) for layer in (BATCH, SPATIAL, LAYER)}
BACKWARD = {
    name: Backward(name, layer)
    for name, layer in (
        ("batchnorm_backward", BATCH),
        ("batchnorm_backward_alt", BATCH),
        ("spatial_batchnorm_backward", SPATIAL),
        ("layernorm_backward", LAYER),
    )
}

ask(
    FORWARD["batchnorm_forward"],
    "values",
    values=7,
    statistics=3,
    running=6,
    evaluation=5,
    evaluation_eps=1,
    evaluation_unchanged=2,
    evaluation_alone=1,
    invariance=1,
    constant=1,
    defaults=1,
    shape=0.5,
    state_shape=0.5,
    pure=1,
)
ask(
    BACKWARD["batchnorm_backward"],
    "gradients",
    gradients=8,
    eps=2,
    consistent=2,
    orthogonal=1.5,
    constant=1,
    shapes=1,
    pure=1,
)
ask(
    BACKWARD["batchnorm_backward_alt"],
    "gradients",
    gradients=7,
    eps=2,
    consistent=1,
    orthogonal=1,
    constant=0.5,
    shapes=0.5,
    pure=0.5,
)
ask(
    FORWARD["spatial_batchnorm_forward"],
    "values",
    values=4,
    statistics=1,
    running=2,
    evaluation=1.5,
    evaluation_unchanged=0.5,
    invariance=0.5,
    defaults=0.5,
    shape=0.5,
    state_shape=0.5,
    pure=0.5,
)
ask(
    BACKWARD["spatial_batchnorm_backward"],
    "gradients",
    gradients=4,
    eps=0.5,
    consistent=1,
    orthogonal=0.5,
    shapes=0.5,
    pure=0.5,
)
ask(
    FORWARD["layernorm_forward"],
    "values",
    values=3,
    statistics=1,
    alone=1,
    invariance=0.5,
    constant=0.5,
    defaults=0.5,
    shape=0.5,
    pure=0.5,
)
ask(
    BACKWARD["layernorm_backward"],
    "gradients",
    gradients=3,
    eps=0.5,
    consistent=0.5,
    orthogonal=0.5,
    constant=0.5,
    shapes=0.5,
    pure=0.5,
)


@check("batchnorm_forward", points=1)
def batchnorm_forward_known_answers(student, case):
    """With eps = 3 rows 1 and 3 become -½ and ½ (variance 1), and with momentum ½ a running_var of 5 becomes 3."""
    x = case.given("x", np.array([[1.0, 30.0], [3.0, 10.0]]))
    gamma, beta = case.given("gamma", np.array([2.0, -1.0])), case.given("beta", np.array([0.5, 4.0]))
    state = {"running_mean": np.array([-4.0, 6.0]), "running_var": np.array([5.0, 60.0])}
    out, _, after = student.batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.5, eps=3.0)
    second = 10 / np.sqrt(103)  # variance 100
    expect(
        student,
        out=(out, [[0.5 - 1, 4 - second], [0.5 + 1, 4 + second]]),
        state=(after, {"running_mean": [-1.0, 13.0], "running_var": [3.0, 80.0]}),
    )


@check("batchnorm_backward", points=1)
def batchnorm_backward_known_answers(student, case):
    """For rows 1 and 3 with eps = 3, dx is ± 3/16 of gamma times the difference of the two douts."""
    x, gamma = case.given("x", np.array([[1.0, 3.0], [3.0, 1.0]])), case.given("gamma", np.array([2.0, -4.0]))
    state = {"running_mean": np.zeros(2), "running_var": np.ones(2)}
    _, cache, _ = student.batchnorm_forward(x, gamma, np.array([0.5, 1.0]), state, training=True, eps=3.0)
    dx, dgamma, dbeta = student.batchnorm_backward(case.given("dout", np.array([[5.0, 1.0], [1.0, 9.0]])), cache)
    # xhat = ± d / √(d² + eps) with d = ± 1 half of the rows' difference; its slope is eps / (d² + eps)^1.5 = 3/8
    expect(
        student,
        dx=(dx, [[1.5, 6.0], [-1.5, -6.0]]),
        dgamma=(dgamma, [-2.0, -4.0]),
        dbeta=(dbeta, [6.0, 10.0]),
    )
