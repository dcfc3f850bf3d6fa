"""What the layers compute, forward only: their gradients follow by `vjp`.

Each takes complex input, as the complex step needs it: branches look at real parts, and nothing takes abs or max.
"""

import numpy as np

from autograder import real_where


def affine(x, w, b):
    """x (N, d1, …, dk), w (D, M), b (M,) → (N, M)."""
    return x.reshape(len(x), -1) @ w + b


def relu(x):
    """Any shape."""
    return real_where(x, x, 0.0)


def leaky_relu(x, alpha=0.01):
    """Any shape, 0 < alpha < 1."""
    return real_where(x, x, alpha * x)


def sigmoid(x):
    """Any shape, |x| < 700."""
    return 1 / (1 + np.exp(-x))


def tanh(x):
    """Any shape, |x| < 300: by the exponential, so that it does not rest on the function that a student calls."""
    return 1 - 2 / (1 + np.exp(2 * x))


def softmax_loss(x, y):
    """x (N, C), y (N,) → a scalar."""
    shifted = x - np.real(x).max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1))
    return (log_sum - shifted[np.arange(len(y)), y]).mean()


def mse_loss(x, y):
    """x and y of one shape → a scalar."""
    return ((x - y) ** 2).mean()


def two_layer_loss(w1, b1, w2, b2, x, y, reg):
    """w1 (D, H), b1 (H,), w2 (H, C), b2 (C,), x (N, D), y (N,) → a scalar."""
    scores = affine(relu(affine(x, w1, b1)), w2, b2)
    return softmax_loss(scores, y) + reg / 2 * ((w1**2).sum() + (w2**2).sum())
