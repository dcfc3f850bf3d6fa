# from the slides
import numpy as np


def l2_penalty(w, lam):
    # slide 12: lambda/2 |w|^2
    return 0.5 * lam * np.sum(w**2), lam * w

def l1_penalty(w, lam):
    return lam * np.sum(np.abs(w)), lam * np.sign(w)

def elastic_net(w, lam, ratio):
    # slide 14, without the 1/2
    return lam * (ratio * np.sum(np.abs(w)) + (1 - ratio) * np.sum(w**2)), lam * (
        ratio * np.sign(w) + 2 * (1 - ratio) * w
    )

def soft_threshold(w, t):
    return np.sign(w) * np.maximum(np.abs(w) - t, 0)

def ridge(A, b, alpha):
    # (A^T A + alpha I)^-1 A^T b
    return np.linalg.solve(A.T @ A + alpha * np.eye(A.shape[1]), A.T @ b)

def tikhonov_eigenvalues(A, alpha):
    return np.sort(1 / (np.linalg.eigvalsh(A.T @ A) + alpha))

def dropout_forward(x, p, rng, training=True):
    # p = probability to keep, and no scaling while training
    if not training:
        return x * p, p
    mask = rng.random(x.shape) < p
    return x * mask, mask

def dropout_backward(dout, cache):
    return dout * cache

def dropconnect_forward(x, w, b, p, rng, training=True):
    mask = (rng.random(w.shape) >= p) / (1 - p) if training else np.ones(w.shape)
    return x @ (w * mask) + b, (x, w, mask)

def dropconnect_backward(dout, cache):
    x, w, mask = cache
    return dout @ w.T, x.T @ dout * mask, dout.sum(axis=0)

def early_stopping(losses, patience):
    best = 0
    for epoch in range(len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        if epoch - best >= patience:
            break
    return epoch, int(np.argmin(losses))

def bias_variance(predictions, truth):
    mean = predictions.mean(axis=0)
    return np.mean((mean - truth) ** 2), np.mean(predictions.var(axis=0, ddof=1))

def minimum_norm_fit(x, y, degree):
    return np.polyfit(x, y, degree)[::-1]

def randomize_labels(y, fraction, classes, rng):
    labels = y.copy()
    n = int(fraction * len(y))
    labels[rng.choice(len(y), n, replace=False)] = rng.integers(0, classes, n)
    return labels
