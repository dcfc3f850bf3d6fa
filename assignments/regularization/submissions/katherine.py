"""Everything in single precision."""

import numpy as np

f = np.float32


def l2_penalty(w, lam):
    w = f(w)
    return f(lam) * np.vdot(w, w), f(2 * lam) * w


def l1_penalty(w, lam):
    w = f(w)
    return f(lam) * np.abs(w).sum(), np.copysign(f(lam), w)


def elastic_net(w, lam, ratio):
    one, done = l1_penalty(w, lam * ratio)
    two, dtwo = l2_penalty(w, 0.5 * lam * (1 - ratio))
    return one + two, done + dtwo


def soft_threshold(w, t):
    w = f(w)
    return w - np.clip(w, -f(t), f(t))


def ridge(A, b, alpha):
    U, s, Vt = np.linalg.svd(f(A), full_matrices=False)
    return Vt.T @ (s / (s**2 + f(alpha) ** 2) * (U.T @ f(b)))


def tikhonov_eigenvalues(A, alpha):
    s = np.zeros(A.shape[1], dtype=f)
    found = np.linalg.svd(f(A), compute_uv=False)
    s[: len(found)] = found
    return 1 / (s**2 + f(alpha) ** 2)


def _mask(shape, p, rng, training):
    if not training:
        return np.ones(shape, dtype=f)
    return (rng.random(shape, dtype=f) >= p).astype(f) / f(1 - p)


def dropout_forward(x, p, rng, training=True):
    mask = _mask(x.shape, p, rng, training)
    return f(x) * mask, mask


def dropout_backward(dout, cache):
    return f(dout) * cache


def dropconnect_forward(x, w, b, p, rng, training=True):
    mask = _mask(w.shape, p, rng, training)
    return f(x) @ (f(w) * mask) + f(b), (f(x), f(w) * mask, mask)


def dropconnect_backward(dout, cache):
    x, w, mask = cache
    dout = f(dout)
    return dout @ w.T, x.T @ dout * mask, dout.sum(0)


def early_stopping(losses, patience):
    records = np.flatnonzero(np.diff(np.minimum.accumulate(losses), prepend=np.inf) < 0)
    for here, following in zip(records, [*records[1:], np.inf]):
        if following - here > patience:
            return min(here + patience, len(losses) - 1), here


def bias_variance(predictions, truth):
    predictions, truth = f(predictions), f(truth)
    mean = predictions.mean(0)
    return np.square(mean - truth).mean(), np.square(predictions - mean).mean()


def minimum_norm_fit(x, y, degree):
    return np.linalg.lstsq(f(x)[:, None] ** np.arange(degree + 1), f(y), rcond=None)[0]


def randomize_labels(y, fraction, classes, rng):
    some = rng.permutation(len(y))[: int(np.rint(fraction * len(y)))]
    labels = f(y)
    labels[some] = rng.integers(0, classes, some.size)
    return labels
