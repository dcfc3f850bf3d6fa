"""What is asked of a backprop submission. A docstring, or the sentence beside the points, is what the student reads."""

from math import log

import numpy as np

from autograder import Pair, check, expect, expect_shape, expect_unmodified, vjp

from . import formulas, functions
from .cases import (
    AFFINE,
    ELEMENTWISE,
    IMAGES,
    LEAKY,
    MIXED,
    NETWORK,
    SCORES,
    SEVERAL,
    STEPS,
    USUAL,
    affine_arguments,
    elementwise,
    mixed_terms,
    network,
    network_expected,
    predictions_and_targets,
    scores_and_labels,
    softmax_expected,
)

# ── affine ─────────────────────────────────────────────────────────────────────────────────────

affine = Pair("affine_forward", "affine_backward", formulas.affine, affine_arguments, ("dx", "dw", "db"), given=AFFINE)
affine.values(4, "out is x @ w + b, a row for each example.")
affine.values(
    1,
    "An example that is itself an array is laid out as one row before it meets w.",
    name="images",
    given=IMAGES,
    examples=2,
    needs=("affine_forward.values",),
)
affine.shape(0.5, "out has exactly the shape (N, M).")
affine.pure(0.5, "x, w and b are left as they were.")
affine.gradients(7)
affine.gradients(
    1,
    "The gradients are right, and dx has x's shape, when an example is itself an array.",
    name="images",
    given=IMAGES,
    examples=2,
    needs=("affine_backward.gradients",),
)
affine.shapes(1, "dx, dw and db have exactly the shapes of x, w and b: db is (M,), not (1, M).")
affine.consistent(1, "affine_backward is the gradient of your own affine_forward, right or wrong.", given=SEVERAL)
affine.repeatable(1)


@check("affine_backward", points=2)
def affine_backward_deep_linear(student, case):
    """Three layers in a row, y = W3 W2 W1 x, give ∂y/∂W1 = (W3 W2)ᵀ xᵀ, ∂y/∂W2 = W3ᵀ (W1 x)ᵀ, ∂y/∂W3 = (W2 W1 x)ᵀ."""
    w1, w2, w3 = case.array("W1", 100, 10), case.array("W2", 100, 100), case.array("W3", 1, 100)
    x = case.array("x", 10)
    hidden, caches = x[None, :], []
    for w in (w1.T, w2.T, w3.T):
        _, cache = student.affine_forward(hidden, w, np.zeros(w.shape[1]))
        caches.append(cache)
        hidden = hidden @ w  # a wrong forward pass costs its own points alone
    dhidden, gradients = np.ones((1, 1)), []
    for cache in reversed(caches):
        dhidden, dw, _ = student.affine_backward(dhidden, cache)
        gradients.append(dw)
    dw3, dw2, dw1 = gradients  # of the transposes, which is what affine_forward was given
    expect(
        student,
        dW3=(dw3, np.outer(w2 @ w1 @ x, 1.0)),
        dW2=(dw2, np.outer(w1 @ x, w3)),
        dW1=(dw1, np.outer(x, w3 @ w2)),
    )


# ── activations ────────────────────────────────────────────────────────────────────────────────


def activation(name, formula, meaning, given=ELEMENTWISE, values=2, gradients=2.5):
    """A layer that works on each element alone, with the questions that are asked of all of them."""
    layer = Pair(f"{name}_forward", f"{name}_backward", formula, elementwise, ("dx",), given=given)
    layer.values(values, f"out is {meaning} for each element.")
    layer.shape(0.5, "out has exactly x's shape.")
    layer.pure(0.5, "x is left as it was.")
    layer.gradients(gradients, "dx is dout times the slope at x, element by element.")
    layer.shapes(0.5, "dx has exactly x's shape.")
    layer.consistent(0.5, given=MIXED)
    layer.repeatable(0.5)
    return layer


relu = activation("relu", formulas.relu, "max(x, 0)")
leaky_relu = activation("leaky_relu", formulas.leaky_relu, "max(alpha * x, x)", USUAL, values=1.5, gradients=2)
sigmoid = activation("sigmoid", formulas.sigmoid, "1 / (1 + exp(-x))")
tanh = activation("tanh", formulas.tanh, "tanh(x)")

other = {"name": "alpha", "given": LEAKY, "examples": 2}
leaky_relu.values(0.5, "Another alpha than 0.01 has its effect.", needs=("leaky_relu_forward.values",), **other)
leaky_relu.gradients(
    0.5, "Another alpha than 0.01 has its effect on dx.", needs=("leaky_relu_backward.gradients",), **other
)


@check("relu_backward", points=0.5, needs=("relu_backward.gradients",))
def relu_backward_at_zero(student, case):
    """At exactly 0 the slope is 0 or 1, nothing else."""
    x = case.given("x", np.array([[0.0, -1.5, 2.0], [0.7, 0.0, -0.3]]))
    dout = case.array("dout", 2, 3)
    _, cache = student.relu_forward(x)
    dx = student.relu_backward(dout, cache)
    expect_shape(dx=(dx, x.shape))
    open_at_zero = (x == 0) & (dx != 0)  # the student's choice, for each zero
    expect(student, dx=(dx, np.where((x > 0) | open_at_zero, dout, 0.0)))


@check("leaky_relu_forward", points=0.5, needs=("leaky_relu_forward.values",))
def leaky_relu_forward_default_alpha(student, case):
    """alpha is 0.01 if it is not given."""
    x = case.array("x", 4, 3)
    out, _ = student.leaky_relu_forward(x)
    expect(student, out=(out, formulas.leaky_relu(x, 0.01)))


@check("sigmoid_forward", points=0.5, needs=("sigmoid_forward.values",))
def sigmoid_forward_stable(student, case):
    """At ±1000 the sigmoid is 1 and 0, without overflow."""
    out, _ = student.sigmoid_forward(case.given("x", np.array([1e3, -1e3, 0.5])))
    expect(student, out=(out, [1.0, 0.0, formulas.sigmoid(0.5)]))


@check("sigmoid_backward", points=0.5)
def sigmoid_backward_known_answers(student, case):
    """The sigmoid's slope is 0.25 at 0 and 0.0066 at ±5."""
    _, cache = student.sigmoid_forward(case.given("x", np.array([0.0, 5.0, -5.0])))
    dx = student.sigmoid_backward(case.given("dout", np.array([1.0, 2.0, -3.0])), cache)
    expect(student, dx=(dx, np.array([0.25, 2 * 0.006648056670790156, -3 * 0.006648056670790156])))


@check("tanh_forward", points=0.5, needs=("tanh_forward.values",))
def tanh_forward_stable(student, case):
    """At ±1000 tanh is ±1, without overflow."""
    out, _ = student.tanh_forward(case.given("x", np.array([1e3, -1e3, 0.5])))
    expect(student, out=(out, [1.0, -1.0, formulas.tanh(0.5)]))


# ── losses ─────────────────────────────────────────────────────────────────────────────────────


@check("softmax_loss", points=5, given=SCORES)
def softmax_loss_loss(student, case):
    """The loss is the mean of -log(probability of the correct class)."""
    loss, _ = student.softmax_loss(*scores_and_labels(case))
    expect(student, loss=(loss, softmax_expected(case)[0]))


@check("softmax_loss", points=5.5, given=SCORES)
def softmax_loss_gradient(student, case):
    """dx is (probabilities - one-hot labels) / N."""
    _, dx = student.softmax_loss(*scores_and_labels(case))
    expect(student, dx=(dx, softmax_expected(case)[1]))


@check("softmax_loss", points=0.5, given=SCORES, examples=2, needs=("softmax_loss.gradient",))
def softmax_loss_shapes(student, case):
    """The loss is a single number, and dx has exactly x's shape."""
    x, y = scores_and_labels(case)
    loss, dx = student.softmax_loss(x, y)
    expect_shape(loss=(loss, ()), dx=(dx, x.shape))


@check("softmax_loss", points=1)
def softmax_loss_uniform(student, case):
    """With equal scores for all C classes the loss is log C."""
    counts = (2, 3, 10)
    found = student.each("softmax_loss", [(np.full((4, c), 0.7), np.arange(4) % c) for c in counts])
    expect(student, **{f"loss_{c}": (loss, log(c)) for c, (loss, _) in zip(counts, found, strict=True)})


@check("softmax_loss", points=1, needs=("softmax_loss.loss",))
def softmax_loss_stable(student, case):
    """Scores of ±1000 give a finite loss and gradient: subtract each row's maximum, and never take log(0)."""
    x = case.given("x", np.array([[1e3, 0.0, -1e3], [-1e3, 1.0 - 1e3, -1e3], [998.0, 999.0, 1e3], [0.1, 0.2, -0.3]]))
    y = case.given("y", np.array([2, 1, 0, 2]))
    loss, dx = student.softmax_loss(x, y)
    expect(student, loss=(loss, formulas.softmax_loss(x, y)), dx=(dx, *vjp(formulas.softmax_loss, (x, y), 1.0, (0,))))


@check("softmax_loss", points=1, given=SCORES, examples=1, needs=("softmax_loss.loss",))
def softmax_loss_invariance(student, case):
    """Adding a number to all scores of an example changes nothing."""
    x, y = scores_and_labels(case)
    shift = case.given("shift", np.where(np.arange(case.n) % 2, 40.0, -40.0)[:, None])
    loss, _ = student.softmax_loss(x + shift, y)
    expect(student, loss=(loss, softmax_expected(case)[0]))


@check("softmax_loss", points=0.5, given=SCORES, examples=1, needs=("softmax_loss.loss",))
def softmax_loss_pure(student, case):
    """x and y are left as they were."""
    x, y = scores_and_labels(case)
    expect_unmodified(student, "softmax_loss", x=x, y=y)


@check("mse_loss", points=2, given=ELEMENTWISE)
def mse_loss_loss(student, case):
    """The loss is the mean of (x - y)² over all elements."""
    x, y = predictions_and_targets(case)
    loss, _ = student.mse_loss(x, y)
    expect(student, loss=(loss, formulas.mse_loss(x, y)))


@check("mse_loss", points=2.5, given=ELEMENTWISE)
def mse_loss_gradient(student, case):
    """dx is 2 (x - y) / (number of elements)."""
    x, y = predictions_and_targets(case)
    _, dx = student.mse_loss(x, y)
    expect(student, dx=(dx, *case.once("mse dx", lambda: vjp(formulas.mse_loss, (x, y), 1.0, wrt=(0,)))))


@check("mse_loss", points=0.5, given=ELEMENTWISE, examples=2, needs=("mse_loss.gradient",))
def mse_loss_shapes(student, case):
    """The loss is a single number, and dx has exactly x's shape."""
    x, y = predictions_and_targets(case)
    loss, dx = student.mse_loss(x, y)
    expect_shape(loss=(loss, ()), dx=(dx, x.shape))


@check("mse_loss", points=0.5, given=ELEMENTWISE, examples=1, needs=("mse_loss.loss",))
def mse_loss_pure(student, case):
    """x and y are left as they were."""
    x, y = predictions_and_targets(case)
    expect_unmodified(student, "mse_loss", x=x, y=y)


# ── the network ────────────────────────────────────────────────────────────────────────────────


@check("two_layer_loss", points=4, given=NETWORK, examples=4)
def two_layer_loss_loss(student, case):
    """The loss is that of affine – ReLU – affine – softmax."""
    loss, _ = student.two_layer_loss(*network(case))
    expect(student, loss=(loss, network_expected(case, 0.0)[0]))


@check("two_layer_loss", points=8.5, given=NETWORK, examples=4)
def two_layer_loss_gradients(student, case):
    """grads holds the gradients of W1, b1, W2 and b2."""
    _, grads = student.two_layer_loss(*network(case))
    expect(student, grads=(grads, network_expected(case, 0.0)[1]))


@check("two_layer_loss", points=0.5, given=NETWORK, examples=1, needs=("two_layer_loss.gradients",))
def two_layer_loss_shapes(student, case):
    """The loss is a single number, and each gradient has exactly its parameter's shape."""
    loss, grads = student.two_layer_loss(*network(case))
    expect(student, grads=(grads, network_expected(case, 0.0)[1]))
    shapes = {name: array.shape for name, array in network(case)[0].items()}
    expect_shape(loss=(loss, ()), **{name: (grads[name], shape) for name, shape in shapes.items()})


@check("two_layer_loss", points=2, given=NETWORK, examples=4, needs=("two_layer_loss.gradients",))
def two_layer_loss_regularization(student, case):
    """reg adds ½ reg (‖W1‖² + ‖W2‖²) to the loss, and its gradient to those of W1 and W2."""
    loss, grads = student.two_layer_loss(*network(case), case.reg)
    expected, gradients = network_expected(case, case.reg)
    expect(student, loss=(loss, expected), grads=(grads, gradients))


@check("two_layer_loss", points=1, given=NETWORK, examples=1, needs=("two_layer_loss.loss",))
def two_layer_loss_pure(student, case):
    """params, x and y are left as they were."""
    params, x, y = network(case)
    expect_unmodified(student, "two_layer_loss", params=params, x=x, y=y, reg=case.reg)


# ── the gradient checker ───────────────────────────────────────────────────────────────────────


@check("numerical_gradient", points=2.5, given=STEPS, examples=4)
def numerical_gradient_values(student, case):
    """The gradient of a function of several variables, each element in its place."""
    x, a = case.array("x", *case.shape), mixed_terms(case)
    gradient = student.numerical_gradient(lambda point: float(functions.bilinear(point, a)), x, case.h)
    expect(student, gradient=(gradient, *vjp(functions.bilinear, (x, a), 1.0, wrt=(0,))))


@check("numerical_gradient", points=0.5, given=STEPS, examples=2, needs=("numerical_gradient.values",))
def numerical_gradient_shape(student, case):
    """The gradient has exactly x's shape."""
    x, a = case.array("x", *case.shape), mixed_terms(case)
    gradient = student.numerical_gradient(lambda point: float(functions.bilinear(point, a)), x, case.h)
    expect_shape(gradient=(gradient, x.shape))


@check("numerical_gradient", points=2, given=STEPS, examples=4)
def numerical_gradient_central(student, case):
    """The difference is central, (f(x + h) - f(x - h)) / 2h: exact for a parabola, and ah² too large for ax³."""
    x, a = case.array("x", *case.shape), case.array("cubic", *case.shape)
    gradient = student.numerical_gradient(lambda point: float(functions.cubic(point, a)), x, case.h)
    (exact,) = vjp(functions.cubic, (x, a), 1.0, wrt=(0,))
    expect(student, gradient=(gradient, exact + a * case.h**2))


@check("numerical_gradient", points=0.5, needs=("numerical_gradient.values",))
def numerical_gradient_default_step(student, case):
    """h is 1e-5 if it is not given."""
    a = 1e10 * case.array("cubic", 2, 3)  # at 0 the central difference of ax³ is ah², and nothing else
    gradient = student.numerical_gradient(lambda point: float(functions.cubic(point, a)), np.zeros((2, 3)))
    expect(student, gradient=(gradient, a * 1e-10))


@check("numerical_gradient", points=0.5, given=STEPS, examples=1, needs=("numerical_gradient.values",))
def numerical_gradient_pure(student, case):
    """x is left as it was."""
    x, a = case.array("x", *case.shape), mixed_terms(case)
    expect_unmodified(student, "numerical_gradient", f=lambda point: float(functions.bilinear(point, a)), x=x, h=case.h)
