"""What is right, in closed form where there is one."""

import numpy as np

from autograder import vjp

EPSILON = np.finfo(np.float64).eps


def cubic_hessian(A, c, x):
    """Of ½ xᵀAx + ½ (c·x)³ → (D, D)."""
    return A + 3 * (c @ x) * np.outer(c, c)


def rosenbrock_hessian():
    """Of the banana valley at its minimum → (2, 2)."""
    return np.array([[802.0, -400.0], [-400.0, 200.0]])


def network_gradient(w, t, y):
    """Of `surfaces.network_loss`, for complex w (4,) → (4,)."""
    into, out = w[:2], w[2:]
    units = np.tanh(np.outer(t, into))
    residual = (units @ out - y) / len(t)
    return np.concatenate([t @ (residual[:, None] * out * (1 - units**2)), residual @ units])


def network_hessian(w, t, y):
    """→ (4, 4), exact but for rounding."""
    return np.array([vjp(network_gradient, (w, t, y), row, wrt=(0,))[0] for row in np.eye(4)])


def difference_error(w, t, y, h):
    """What central differences of the network's loss may be off by: → a float.

    Truncation is h² f⁗ / 12 with steps of h, and four times as much with steps of 2h. It is measured on the gradient,
    with steps of 2h, and taken four times, since the forms have different mixed derivatives in it. Rounding: f is right
    to a few ε |f|, x + h to ε |x|, and at most four of them are divided by h².
    """
    rows, steps = [], 2 * h * np.eye(4)
    for step in steps:
        ahead, behind = network_gradient(w + step, t, y), network_gradient(w - step, t, y)
        rows.append((ahead - behind) / (4 * h))
    slope = network_gradient(w, t, y)
    value = np.mean((np.tanh(np.outer(t, w[:2])) @ w[2:] - y) ** 2) / 2
    size = value + np.abs(w) @ np.abs(slope)
    return float(4 * np.abs(np.array(rows) - network_hessian(w, t, y)).max() + 64 * EPSILON * size / h**2)


def taylor(value, gradient, H, step):
    """→ a scalar."""
    return value + sum(g * s for g, s in zip(gradient, step, strict=True)) + np.einsum("i,ij,j->", step, H, step) / 2


def condition(curvatures):
    """Of a matrix with these eigenvalues → a scalar."""
    sizes = sorted(abs(number) for number in curvatures)
    return sizes[-1] / sizes[0]


def descent(H, centre, x0, lr, steps):
    """On the bowl around `centre` → (steps + 1, D): each step multiplies what is left of the way by I - lr H."""
    shrink = np.eye(len(x0)) - lr * H
    return np.array([centre + np.linalg.matrix_power(shrink, k) @ (x0 - centre) for k in range(steps + 1)])


def rolling(H, centre, x0, lr, momentum, steps):
    """The same with momentum: distance and velocity together are multiplied by one matrix."""
    eye, zero = np.eye(len(x0)), np.zeros(len(x0))
    move = np.block([[eye - lr * H, momentum * eye], [-lr * H, momentum * eye]])
    state = np.concatenate([x0 - centre, zero])
    return np.array([centre + (np.linalg.matrix_power(move, k) @ state)[: len(x0)] for k in range(steps + 1)])


def well_descent(start, lr, steps):
    """In the double well → (steps + 1, 2), coordinate by coordinate."""
    (x, y), walk = start, [start]
    for _ in range(steps):
        x, y = x * (1 + lr - lr * x * x), y * (1 - lr)
        walk.append((x, y))
    return np.array(walk)


def stable(curvatures):
    """→ a scalar."""
    return 2 / max(curvatures)


def fastest(curvatures):
    """→ a scalar."""
    return 2 / (min(curvatures) + max(curvatures))


def factor(curvatures, lr):
    """→ a scalar: the function |1 - lr λ| is largest at an end."""
    return max(abs(1 - lr * min(curvatures)), abs(1 - lr * max(curvatures)))


def wavy_slice(k, m, w, d1, d2, a, b):
    """Of `surfaces.wavy`: it is a polynomial in a and b → (len(a), len(b))."""
    (k0, k1, k2), (m0, m1, m2) = ([(k_ * v).sum() for v in (w, d1, d2)] for k_ in (k, m))
    return k0 + np.add.outer(k1 * a, k2 * b) + (m0 + np.add.outer(m1 * a, m2 * b)) ** 2


def scaled(d, w):
    """→ d's shape; filters of d that are zero stay it."""
    return np.array(
        [
            part if not part.any() else part * np.sqrt((like**2).sum() / (part**2).sum())
            for part, like in zip(d, w, strict=True)
        ]
    )
