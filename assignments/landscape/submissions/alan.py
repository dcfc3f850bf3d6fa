# landscape, with loops; I do not trust matrices
from math import inf, sqrt

import numpy as np


def hessian(f, x, h):
    n = len(x)
    H = np.zeros((n, n))
    for i in range(n):
        for j in range(i, n):
            total = 0.0
            for si in (+1, -1):
                for sj in (+1, -1):
                    p = x.copy()
                    p[i] += si * h
                    p[j] += sj * h
                    total += si * sj * f(p)
            H[i, j] = total / (4 * h * h)
            H[j, i] = H[i, j]
    return H

def taylor(value, gradient, H, step):
    for i in range(len(step)):
        value += gradient[i] * step[i]
        for j in range(len(step)):
            value += H[i, j] * step[i] * step[j] / 2
    return value

def condition_number(H):
    l = sorted(abs(v) for v in np.linalg.eigvalsh(H))
    if l[0] <= 1e-12 * l[-1]:
        return inf
    return l[-1] / l[0]

def classify(gradient, H, tol=1e-8):
    if sqrt(sum(g**2 for g in gradient)) > tol:
        return "not stationary"
    l = np.linalg.eigvalsh(H)
    pos = sum(v > tol for v in l)
    neg = sum(v < -tol for v in l)
    if pos > 0 and neg > 0:
        return "saddle"
    if pos + neg < len(l):
        return "degenerate"
    return "minimum" if pos else "maximum"

def gradient_descent(grad, x0, lr, steps):
    out = np.zeros((steps + 1, len(x0)))
    out[0] = x0
    for k in range(steps):
        g = grad(out[k])
        for i in range(len(x0)):
            out[k + 1, i] = out[k, i] - lr * g[i]
    return out

def momentum_descent(grad, x0, lr, momentum, steps):
    out = np.zeros((steps + 1, len(x0)))
    out[0] = x0
    v = [0.0] * len(x0)
    for k in range(steps):
        g = grad(out[k])
        for i in range(len(x0)):
            v[i] = momentum * v[i] - lr * g[i]
            out[k + 1, i] = out[k, i] + v[i]
    return out

def largest_stable_rate(H):
    return 2 / max(np.linalg.eigvalsh(H))

def best_rate(H):
    l = np.linalg.eigvalsh(H)
    return 2 / (l[0] + l[-1])

def contraction(H, lr):
    return max([abs(1 - lr * v) for v in np.linalg.eigvalsh(H)])

def newton_step(gradient, H):
    return -np.linalg.inv(H).dot(gradient)

def loss_slice(f, w, d1, d2, a, b):
    out = np.zeros((len(a), len(b)))
    for i in range(len(a)):
        for j in range(len(b)):
            out[i, j] = f(w + a[i] * d1 + b[j] * d2)
    return out

def filter_normalized(d, w):
    out = np.zeros_like(d)
    for k in range(len(d)):
        size = sqrt((d[k] ** 2).sum())
        if size > 0:
            out[k] = d[k] / size * sqrt((w[k] ** 2).sum())
    return out
