"""Functions and gradients that are handed to a student's code: known to all, and part of no solution.

Each is pure, and refuses what is not an array of real numbers in the shape of its point. The polynomials are computed
without rounding where x and h are multiples of 1/16: their coefficients are whole, and every number on the way has
fewer than 53 bits.
"""

import numpy as np

GRAIN = 2.0**20  # of `rough`: six decimals


def point(value, shape):
    """`value` as an array of float64 of this shape; ValueError for anything else."""
    array = np.asarray(value)
    if array.dtype.kind not in "fiu" or array.shape != shape:
        raise ValueError("not an array of real numbers in the shape of the point")
    return array.astype(np.float64)


# ── functions: (D,) → float ────────────────────────────────────────────────────────────────────


def quadratic(A, b):
    """½ xᵀAx + b·x, whose Hessian is A."""

    def f(x):
        x = point(x, b.shape)
        return float(x @ A @ x / 2 + b @ x)

    return f


def cubic(A, c):
    """½ xᵀAx + ½ (c·x)³."""

    def f(x):
        x = point(x, c.shape)
        return float(x @ A @ x / 2 + (c @ x) ** 3 / 2)

    return f


def rough(A, b):
    """`quadratic`, known to six decimals only."""
    smooth = quadratic(A, b)
    return lambda x: float(np.round(smooth(x) * GRAIN) / GRAIN)


def rosenbrock(x):
    """(1 - x)² + 100 (y - x²)², the banana valley, with its minimum at (1, 1)."""
    x, y = point(x, (2,))
    return float((1 - x) ** 2 + 100 * (y - x**2) ** 2)


def network_loss(t, y):
    """Half the mean squared error of a network with one input t, two tanh units and one output, as a function of its
    four weights: two into the units, two out of them."""

    def f(w):
        w = point(w, (4,))
        out = np.tanh(np.outer(t, w[:2])) @ w[2:]
        return float(np.mean((out - y) ** 2) / 2)

    return f


def wavy(k, m):
    """Σ k p + (Σ m p)², for points p of any shape."""

    def f(p):
        p = point(p, k.shape)
        return float((k * p).sum() + (m * p).sum() ** 2)

    return f


def tilted(p):
    """p₀ + 10 p₁."""
    p = point(p, (2,))
    return float(p[0] + 10 * p[1])


# ── gradients: (D,) → (D,) ─────────────────────────────────────────────────────────────────────


def bowl_slope(H, centre):
    """The gradient of ½ (x - centre)ᵀ H (x - centre)."""
    return lambda x: H @ (point(x, centre.shape) - centre)


def double_well_slope(p):
    """The gradient of ¼ (x² - 1)² + ½ y²: minima at (±1, 0), and a saddle between them."""
    x, y = point(p, (2,))
    return np.array([x**3 - x, y])


def plateau_slope(p):
    """The gradient of a constant."""
    return np.zeros_like(point(p, (3,)))
