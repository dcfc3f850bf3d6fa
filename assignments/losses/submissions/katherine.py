"""Everything in single precision."""

import numpy as np

f = np.float32


def cross_entropy(p, q):
    p, q = f(p), f(q)
    h = np.zeros(len(p), dtype=f)
    for k in range(p.shape[1]):
        seen = p[:, k] > 0
        with np.errstate(divide="ignore"):
            h[seen] -= p[seen, k] * np.log(q[seen, k])
    return h


def entropy(p):
    return cross_entropy(p, p)


def kl_divergence(p, q):
    return cross_entropy(p, q) - entropy(p)


def softmax_cross_entropy(x, t):
    x, t = f(x), f(t)
    x = x - x.max(1)[:, None]
    lse = np.log(np.exp(x).sum(1))[:, None]
    return (t * (lse - x)).sum() / f(len(x)), (np.exp(x - lse) - t) / f(len(x))


def binary_cross_entropy_with_logits(z, y):
    loss, dx = softmax_cross_entropy(np.stack([0 * z, z], 1), np.stack([1 - y, y], 1))
    return loss, dx[:, 1]


def hinge_loss(scores, y, margin=1.0):
    scores, n = f(scores), len(y)
    right = np.eye(scores.shape[1], dtype=f)[y]
    terms = np.maximum(scores - (scores * right).sum(1, keepdims=True) + f(margin), 0) * (1 - right)
    on = np.sign(terms)
    return terms.sum() / f(n), (on - right * on.sum(1, keepdims=True)) / f(n)


def least_squares(w, X, y):
    w, X, y = f(w), f(X), f(y)
    r = X @ w - y
    return (w**2).sum() / f(2) + (r**2).sum(), w + 2 * (X.T @ r)


def least_squares_step(w, X, y, rate):
    return f(w) - f(rate) * least_squares(w, X, y)[1]
