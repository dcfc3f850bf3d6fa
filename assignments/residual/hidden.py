"""Hidden checks: the same questions on further cases, and one on cost."""

import numpy as np

from autograder import Space, check, expect

from .checks import PROJECTED, RESIDUAL, deep_stack_gradient_norms_values, module_values, residual_autograd_gradients

UNSEEN = "Also correct on hidden inputs."

SQUARE = Space(rows=[{"n": 6, "d": 4, "hidden": 7}], n=(4, 7), d=(5, 3), hidden=(2, 8))
PROJECTION = Space(rows=[{"n": 6, "d": 4, "hidden": 7, "m": 3}], n=(4, 7), d=(5, 3), hidden=(2, 8), m=(6, 1))
STACKS = Space(rows=[{"depth": 9, "width": 11, "gain": 1.2}], depth=(5, 7), width=(8, 9), gain=(0.3, 1.3))
CHANGED = Space(
    rows=[{"n": 3, "channels": (3, 4), "stride": 2, "height": 7, "width": 5}],
    n=(2, 3),
    channels=((4, 2), (1, 3)),
    stride=(1, 2),
    height=(6, 5),
    width=(4, 7),
)

unseen = {"examples": 2, "sentence": UNSEEN}
RESIDUAL.values(1, given=SQUARE, name="hidden_values", **unseen)
RESIDUAL.gradients(2, given=SQUARE, name="hidden_gradients", **unseen)
PROJECTED.values(1, given=PROJECTION, name="hidden_values", **unseen)
PROJECTED.gradients(1, given=PROJECTION, name="hidden_gradients", **unseen)
check("deep_stack_gradient_norms", points=1, given=STACKS, name="hidden_values", **unseen)(
    deep_stack_gradient_norms_values
)
check("ResidualBlock", points=1, given=CHANGED, name="hidden_values", **unseen)(module_values)
check("residual_autograd", points=1, given=SQUARE, name="hidden_gradients", **unseen)(residual_autograd_gradients)


@check("residual_backward", points=1, needs=("residual_backward.dx", "residual_backward.grads"))
def residual_backward_cost(student, case):
    """The backward pass costs about as much as the forward pass, whatever the size of the block."""
    x, w1, w2 = case.array("x", 1, 300), case.array("W1", 300, 200), case.array("W2", 200, 300)
    params = {"W1": w1, "b1": case.array("b1", 200), "W2": w2, "b2": case.array("b2", 300)}
    dout = case.array("dout", 1, 300)
    hidden = x @ w1 + params["b1"]
    dhidden = (dout @ w2.T) * (hidden > 0)
    _, cache = student.residual_forward(x, params)
    dx, grads = student.residual_backward(dout, cache)
    expected = {"W1": x.T @ dhidden, "b1": dhidden[0], "W2": np.maximum(hidden, 0).T @ dout, "b2": dout[0]}
    expect(student, dx=(dx, dout + dhidden @ w1.T), grads=(grads, expected))
