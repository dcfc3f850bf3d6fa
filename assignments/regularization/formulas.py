"""What the functions compute, written out: penalties forward only, for their gradients follow by `vjp`.

The penalties take complex input, as the complex step needs it: branches look at real parts, and nothing takes abs or
max. What is random is given by its shares, one for each number that may be dropped: what a mask leaves is their sum.
"""

import numpy as np

from autograder import real_where

# ── penalties ──────────────────────────────────────────────────────────────────────────────────


def l2_penalty(w, lam):
    """w of any shape → a scalar."""
    return (lam * w * w).sum()


def l1_penalty(w, lam):
    """w of any shape, nowhere 0 for a gradient → a scalar."""
    return (lam * real_where(w, w, -w)).sum()


def elastic_net(w, lam, ratio):
    """w of any shape, nowhere 0 for a gradient → a scalar."""
    return l1_penalty(w, lam * ratio) + l2_penalty(w, lam * (1 - ratio) / 2)


def soft_threshold(w, t):
    """w of any shape → its shape."""
    return np.where(w > t, w - t, np.where(w < -t, w + t, 0.0))


# ── ridge ──────────────────────────────────────────────────────────────────────────────────────


def ridge(A, b, alpha):
    """A (M, D), b (M,) → x (D,), by the singular values of A, which need no square of its condition."""
    left, values, right = np.linalg.svd(A, full_matrices=False)
    return right.T @ (values / (values**2 + alpha**2) * (left.T @ b))


def tikhonov_eigenvalues(A, alpha):
    """A (M, D) → (D,), ascending."""
    values = np.zeros(A.shape[1])
    found = np.linalg.svd(A, compute_uv=False)
    values[: len(found)] = found
    return np.sort(1 / (values**2 + alpha**2))


# ── dropout ────────────────────────────────────────────────────────────────────────────────────


def kept(x, p):
    """What x is where it is not dropped."""
    return x / (1 - p)


def weight_shares(rows, w, p):
    """rows (N, D), w (D, M) → (N, D, M): what each weight adds, where it is not dropped, to each number of its column
    of out; for dout (N, M) in the place of rows, see `row_shares`."""
    return rows[:, :, None] * w / (1 - p)


def row_shares(dout, w, p):
    """dout (N, M), w (D, M) → (N, D, M): what each weight adds, where it is not dropped, to dx."""
    return dout[:, None, :] * w / (1 - p)


def weight_gradients(x, dout, p):
    """x (N, D), dout (N, M) → (D, M): the gradient of each weight that is not dropped."""
    return sum(np.outer(row, back) for row, back in zip(x, dout, strict=True)) / (1 - p)


def affine(x, w, b):
    """x (N, D), w (D, M), b (M,) → (N, M)."""
    return x @ w + b


# ── epochs, models, polynomials ────────────────────────────────────────────────────────────────


def early_stopping(losses, patience):
    """losses (E,) → stop, best."""
    for epoch in range(len(losses)):
        best = min(range(epoch + 1), key=lambda seen: (losses[seen], seen))
        if epoch - best >= patience:
            return epoch, best
    return len(losses) - 1, best


def bias_variance(predictions, truth):
    """predictions (R, N), truth (N,) → squared bias, variance."""
    models, points = predictions.shape
    mean = sum(predictions) / models
    scatter = sum((row - mean) ** 2 for row in predictions)
    return ((mean - truth) ** 2).sum() / points, scatter.sum() / (models * points)


def minimum_norm_fit(x, y, degree):
    """x, y (N,) → (degree + 1,)."""
    powers = np.stack([x**power for power in range(degree + 1)], axis=1)
    left, values, right = np.linalg.svd(powers, full_matrices=False)
    return right.T @ ((left.T @ y) / values)
