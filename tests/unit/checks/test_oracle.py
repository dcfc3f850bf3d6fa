"""The oracle against closed forms, and against torch's autograd, which knows nothing of it."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.checks.oracle import real_where, vjp

rng = np.random.default_rng(20)
X, W, DOUT = rng.standard_normal((4, 3)), rng.standard_normal((3, 5)), rng.standard_normal((4, 5))
CLOSE = {"rtol": 1e-13, "atol": 1e-13}  # the complex step is exact to rounding; sums of a few dozen terms


def softmax_loss(x):
    shifted = x - np.max(x.real, axis=1, keepdims=True)
    return np.mean(np.log(np.sum(np.exp(shifted), axis=1)) - shifted[:, 0])


def batchnorm(x, eps=1e-5):
    centred = x - x.mean(axis=0)
    return centred / np.sqrt((centred * centred).mean(axis=0) + eps)


def test_a_product_against_its_closed_form():
    dx, dw = vjp(lambda x, w: x @ w, (X, W), DOUT, wrt=(0, 1))
    np.testing.assert_allclose(dx, DOUT @ W.T, **CLOSE)
    np.testing.assert_allclose(dw, X.T @ DOUT, **CLOSE)


def test_a_scalar_against_its_closed_form():
    (dx,) = vjp(lambda x: x**3, (np.array(2.0),), 5.0, wrt=(0,))
    assert dx.shape == ()
    assert dx == 60.0


def test_a_kink_takes_the_side_of_the_real_part():
    x = np.array([-1.0, 0.0, 2.0])
    (dx,) = vjp(lambda x: real_where(x, x, 0.1 * x), (x,), np.ones(3), wrt=(0,))
    assert dx.tolist() == pytest.approx([0.1, 0.1, 1.0])


def test_only_what_is_asked_for_is_given_and_arguments_are_left_alone():
    x, w = X.copy(), W.copy()
    (dw,) = vjp(lambda x, w: x @ w, (x, w), DOUT, wrt=(1,))
    assert dw.shape == W.shape
    assert np.array_equal(x, X)
    assert np.array_equal(w, W)


def test_an_integer_argument_has_a_real_gradient():
    (dx,) = vjp(lambda x: x * x, (np.array([3, 4]),), np.array([1.0, 10.0]), wrt=(0,))
    assert dx.tolist() == [6.0, 80.0]
    assert dx.dtype == np.float64


@pytest.mark.parametrize("name", ["softmax_loss", "batchnorm", "tanh"])
def test_against_autograd(name):
    torch = pytest.importorskip("torch")
    x = torch.tensor(X, requires_grad=True)
    if name == "softmax_loss":
        formula, dout = softmax_loss, 1.7
        out = torch.nn.functional.cross_entropy(x, torch.zeros(4, dtype=torch.long))
    elif name == "batchnorm":
        formula, dout = batchnorm, DOUT[:, :3]
        out = torch.nn.functional.batch_norm(x, None, None, training=True, eps=1e-5)
    else:
        formula, dout = np.tanh, DOUT[:, :3]
        out = torch.tanh(x)
    out.backward(torch.tensor(dout, dtype=torch.float64))
    (dx,) = vjp(formula, (X,), dout, wrt=(0,))
    np.testing.assert_allclose(dx, x.grad.numpy(), rtol=1e-12, atol=1e-12)
