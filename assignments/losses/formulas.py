"""What the losses compute, forward only: their gradients follow by `vjp`.

Those with a gradient take complex input, as the complex step needs it: branches look at real parts, and nothing takes
abs or max.
"""

import numpy as np

from autograder import real_where


def entropy(p):
    """p (N, K) → (N,)."""
    return cross_entropy(p, p)


def cross_entropy(p, q):
    """p, q (N, K), q > 0 where p > 0 → (N,)."""
    return np.array(
        [sum(-a * np.log(b) for a, b in zip(*rows, strict=True) if a > 0) for rows in zip(p, q, strict=True)]
    )


def kl_divergence(p, q):
    """p, q (N, K), q > 0 where p > 0 → (N,)."""
    return np.array(
        [sum(a * np.log(a / b) for a, b in zip(*rows, strict=True) if a > 0) for rows in zip(p, q, strict=True)]
    )


def softmax_cross_entropy(x, t):
    """x, t (N, K) → a scalar."""
    shifted = x - np.real(x).max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return (t * (log_sum - shifted)).sum() / len(x)


def binary_cross_entropy(z, y):
    """z, y (N,) → a scalar."""
    size = real_where(z, z, -z)
    return (real_where(z, z, 0.0) - z * y + np.log(1 + np.exp(-size))).mean()


def hinge_loss(scores, y, margin):
    """scores (N, C), y (N,) → a scalar."""
    terms = scores - scores[np.arange(len(y)), y][:, None] + margin
    others = np.arange(scores.shape[1]) != y[:, None]
    return (real_where(terms, terms, 0.0) * others).sum() / len(y)


def least_squares(w, X, y):
    """w (D,), X (N, D), y (N,) → a scalar."""
    return (w**2).sum() / 2 + ((X @ w - y) ** 2).sum()
