import numpy as np

# the way the paper's own code does it: in place on copies, velocity without the learning rate


def hessian(f, x, h):
    x = np.array(x)
    here = f(x)

    def at(*indices):
        moved = x.copy()
        for index, sign in indices:
            moved[index] += sign * h
        return f(moved)

    H = np.diag([(at((i, 1)) - 2 * here + at((i, -1))) / h**2 for i in range(x.size)])
    for i, j in zip(*np.triu_indices(x.size, 1)):
        mixed = at((i, 1), (j, 1)) + at((i, -1), (j, -1)) - at((i, 1), (j, -1)) - at((i, -1), (j, 1))
        H[i, j] = H[j, i] = mixed / (4 * h**2)
    return H


taylor = lambda value, gradient, H, step: value + (gradient + H @ step / 2) @ step


def condition_number(H):
    return np.linalg.cond(H)


def classify(gradient, H, tol=1e-8):
    low, high = np.linalg.eigvalsh(H)[[0, -1]]
    flat = np.any(abs(np.linalg.eigvalsh(H)) <= tol)
    return np.select(
        [np.linalg.norm(gradient) > tol, low < -tol and high > tol, flat, low > 0],
        ["not stationary", "saddle", "degenerate", "minimum"],
        default="maximum",
    )


def momentum_descent(grad, x0, lr, momentum, steps):
    x, v, walk = x0.copy(), np.zeros_like(x0), [x0.copy()]
    for _ in range(steps):
        v *= momentum
        v += grad(x)
        x -= lr * v
        walk += [x.copy()]
    return np.stack(walk)


def gradient_descent(grad, x0, lr, steps):
    return momentum_descent(grad, x0, lr, 0.0, steps)


def largest_stable_rate(H):
    return 2 / np.linalg.norm(H, ord=2)


def best_rate(H):
    return 2 / (np.linalg.norm(H, ord=2) + np.linalg.norm(H, ord=-2))


def contraction(H, lr):
    return np.linalg.norm(np.identity(len(H)) - lr * H, ord=2)


def newton_step(gradient, H):
    return np.linalg.solve(H, -gradient)


def loss_slice(f, w, d1, d2, a, b):
    A, B = np.meshgrid(a, b, indexing="ij")
    return np.vectorize(lambda s, t: f(w + s * d1 + t * d2), otypes=[float])(A, B)


def filter_normalized(d, w):
    d = d.copy()
    for filter, weights in zip(d, w):
        filter *= np.linalg.norm(weights) / (np.linalg.norm(filter) + 1e-10)
    return d
