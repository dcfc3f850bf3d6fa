import math

import numpy as np


def l2_penalty(w, lam):
    flat = w.ravel()
    s = 0
    for v in flat:
        s += v * v
    return lam * s, np.array([2 * lam * v for v in flat]).reshape(w.shape)

def l1_penalty(w, lam):
    s, g = 0, np.zeros(w.shape)
    for i, v in np.ndenumerate(w):
        s += abs(v)
        g[i] = lam if v >= 0 else -lam
    return lam * s, g

def elastic_net(w, lam, ratio):
    a, da = l1_penalty(w, lam)
    b, db = l2_penalty(w, lam)
    return ratio * a + (1 - ratio) * b / 2, ratio * da + (1 - ratio) * db / 2

def soft_threshold(w, t):
    out = w.copy()
    for i, v in np.ndenumerate(w):
        if v > t:
            out[i] = v - t
        elif v < -t:
            out[i] = v + t
        else:
            out[i] = 0
    return out

def ridge(A, b, alpha):
    m, d = A.shape
    G = np.zeros((d, d))
    r = np.zeros(d)
    for i in range(d):
        for j in range(d):
            G[i, j] = sum(A[k, i] * A[k, j] for k in range(m))
        G[i, i] += alpha * alpha
        r[i] = sum(A[k, i] * b[k] for k in range(m))
    return np.linalg.solve(G, r)

def tikhonov_eigenvalues(A, alpha):
    lam = [max(v, 0) for v in np.linalg.eigvalsh(A.T @ A)]
    return np.array(sorted(1 / (v + alpha**2) for v in lam))

def dropout_forward(x, p, rng, training=True):
    keep = np.ones(x.shape, dtype=bool)
    if not training:
        return x, (keep, 1)
    for i in np.ndindex(x.shape):
        keep[i] = rng.random() > p
    return x * keep / (1 - p), (keep, 1 - p)

def dropout_backward(dout, cache):
    keep, q = cache
    return dout * keep / q

def dropconnect_forward(x, w, b, p, rng, training=True):
    n, d = x.shape
    m = len(b)
    W = np.array(w)
    mask = np.ones((d, m))
    if training:
        for i in range(d):
            for j in range(m):
                mask[i, j] = 0 if rng.random() < p else 1 / (1 - p)
                W[i, j] *= mask[i, j]
    out = np.zeros((n, m))
    for k in range(n):
        out[k] = x[k] @ W + b
    return out, (x, W, mask)

def dropconnect_backward(dout, cache):
    x, W, mask = cache
    dx, dw, db = np.zeros(x.shape), np.zeros(W.shape), np.zeros(W.shape[1])
    for k in range(len(x)):
        dx[k] = W @ dout[k]
        dw += np.outer(x[k], dout[k]) * mask
        db += dout[k]
    return dx, dw, db

def early_stopping(losses, patience):
    best, best_loss, wait = 0, math.inf, 0
    for epoch in range(len(losses)):
        if losses[epoch] < best_loss:
            best, best_loss, wait = epoch, losses[epoch], 0
        else:
            wait += 1
        if wait >= patience:
            break
    return epoch, best

def bias_variance(predictions, truth):
    R, N = predictions.shape
    bias = var = 0
    for n in range(N):
        m = sum(predictions[:, n]) / R
        bias += (m - truth[n]) ** 2
        var += sum((f - m) ** 2 for f in predictions[:, n]) / R
    return bias / N, var / N

def minimum_norm_fit(x, y, degree):
    V = np.array([[xi**k for k in range(degree + 1)] for xi in x])
    return np.linalg.pinv(V) @ y

def randomize_labels(y, fraction, classes, rng):
    n = len(y)
    todo = list(range(n))
    labels = [int(v) for v in y]
    for _ in range(round(fraction * n)):
        i = todo.pop(rng.integers(len(todo)))
        labels[i] = int(rng.integers(classes))
    return labels
