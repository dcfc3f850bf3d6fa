from math import exp, inf, log, log1p

import numpy as np


def entropy(p):
    return np.array([-sum(a * log(a) for a in row if a > 0) for row in p]) + 0.0

def cross_entropy(p, q):
    out = []
    for row, other in zip(p, q):
        h = 0.0
        for a, b in zip(row, other):
            if a > 0:
                h += -a * log(b) if b > 0 else inf
        out.append(h)
    return np.array(out)

def kl_divergence(p, q):
    return np.array([h - e for h, e in zip(cross_entropy(p, q), entropy(p))])

def softmax_cross_entropy(x, t):
    n, k = x.shape
    dx = np.zeros((n, k))
    loss = 0
    for i in range(n):
        biggest = x[i].max()
        z = sum([exp(v - biggest) for v in x[i]])
        for j in range(k):
            log_q = x[i, j] - biggest - log(z)
            loss = loss - t[i, j] * log_q
            dx[i, j] = (exp(log_q) - t[i, j]) / n
    return loss / n, dx

def binary_cross_entropy_with_logits(z, y):
    n = len(z)
    loss, dz = 0, np.zeros(n)
    for i in range(n):
        if z[i] > 0:
            loss += log1p(exp(-z[i])) + (1 - y[i]) * z[i]
            s = 1 / (1 + exp(-z[i]))
        else:
            loss += log1p(exp(z[i])) - y[i] * z[i]
            s = exp(z[i]) / (1 + exp(z[i]))
        dz[i] = (s - y[i]) / n
    return loss / n, dz

def hinge_loss(scores, y, margin=1.0):
    n, c = scores.shape
    loss, d = 0.0, np.zeros_like(scores)
    for i in range(n):
        for j in range(c):
            if j != y[i] and scores[i, j] - scores[i, y[i]] + margin >= 0:
                loss += (scores[i, j] - scores[i, y[i]] + margin) / n
                d[i, j] += 1 / n
                d[i, y[i]] -= 1 / n
    return loss, d

def least_squares(w, X, y):
    value, gradient = 0, np.zeros(len(w))
    for x, target in zip(X, y):
        r = np.dot(x, w) - target
        value += r * r
        gradient += 2 * r * x
    return value + 0.5 * np.dot(w, w), gradient + w

def least_squares_step(w, X, y, rate):
    value, gradient = least_squares(w, X, y)
    return w - rate * gradient
