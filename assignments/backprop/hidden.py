"""The same questions on cases that nobody has seen, and one on cost."""

import numpy as np

from autograder import Space, check, expect

from .checks import (
    affine,
    leaky_relu,
    mse_loss_gradient,
    relu,
    sigmoid,
    softmax_loss_gradient,
    tanh,
    two_layer_loss_gradients,
)

UNSEEN = "Right on further inputs, too."

AFFINE = Space(
    rows=[{"n": 7, "features": (2, 3), "m": 4, "content": "wide"}],
    n=(5, 6),
    features=((7,), (3, 2)),
    m=(3, 8),
    content=("normal", "wide"),
)
SHAPES = {"shape": ((7,), (3, 5), (2, 1, 3, 2)), "content": ("normal", "wide")}
ELEMENTWISE = Space(rows=[{"shape": (5, 2), "content": "wide"}], **SHAPES)
LEAKY = Space(rows=[{"shape": (5, 2), "content": "wide", "alpha": 0.45}], **SHAPES, alpha=(0.05, 0.6))
SCORES = Space(rows=[{"n": 6, "classes": 5, "content": "wide"}], n=(4, 7), classes=(3, 9), content=("normal", "wide"))
NETWORK = Space(rows=[{"n": 6, "d": 4, "hidden": 5, "classes": 3}], n=(4, 7), d=(3, 5), hidden=(2, 8), classes=(2, 5))

affine.values(1, UNSEEN, name="hidden_values", given=AFFINE, examples=2)
affine.gradients(1, UNSEEN, name="hidden_gradients", given=AFFINE, examples=2)
for layer in (relu, leaky_relu, sigmoid, tanh):
    given = LEAKY if layer is leaky_relu else ELEMENTWISE
    layer.values(0.5, UNSEEN, name="hidden_values", given=given, examples=2)
    layer.gradients(0.5, UNSEEN, name="hidden_gradients", given=given, examples=2)
unseen = {"name": "hidden_gradients", "examples": 2, "sentence": UNSEEN}
check("softmax_loss", points=0.5, given=SCORES, **unseen)(softmax_loss_gradient)
check("mse_loss", points=0.5, given=ELEMENTWISE, **unseen)(mse_loss_gradient)
check("two_layer_loss", points=0.5, given=NETWORK, **unseen)(two_layer_loss_gradients)


@check("affine_backward", points=1, needs=("affine_backward.gradients",))
def affine_backward_cost(student, case):
    """The backward pass costs about as much as the forward pass, whatever the size of the layer."""
    x, w, b = case.array("x", 1, 400), case.array("w", 400, 400), case.array("b", 400)
    dout = case.array("dout", 1, 400)
    _, cache = student.affine_forward(x, w, b)
    dx, dw, db = student.affine_backward(dout, cache)
    expect(student, dx=(dx, dout @ w.T), dw=(dw, np.outer(x, dout)), db=(db, dout[0]))
