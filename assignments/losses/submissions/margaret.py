# from the slides
import numpy as np


def _plogq(p, q):
    with np.errstate(divide="ignore"):
        return np.sum(p * np.log(np.where(p > 0, q, 1.0)), axis=1)

def entropy(p):
    return -_plogq(p, p)

def cross_entropy(p, q):
    return -_plogq(p, q)

def kl_divergence(p, q):
    # slide 23: D_KL(P || Q) = H(P, Q) + H(P)
    return cross_entropy(p, q) + entropy(p)

def softmax_cross_entropy(x, t):
    # works for one-hot targets
    n = len(x)
    label = np.argmax(t, axis=1)
    x = x - x.max(axis=1, keepdims=True)
    log_q = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
    dx = np.exp(log_q) - t
    return -log_q[range(n), label].mean(), dx / n

def binary_cross_entropy_with_logits(z, y):
    loss = np.where(y > 0.5, np.logaddexp(0, -z), np.logaddexp(0, z))
    sigmoid = np.exp(-np.logaddexp(0, -z))
    return loss.mean(), (sigmoid - y) / len(z)

def hinge_loss(scores, y, margin=1.0):
    n, i = len(y), np.arange(len(y))
    terms = np.maximum(0, scores - scores[i, y][:, None] + margin)
    d = (terms > 0).astype(float)
    d[i, y] = 0
    d[i, y] = -d.sum(axis=1)
    return terms.sum() / n, d / n

def least_squares(w, X, y):
    r = X @ w - y
    return 0.5 * w @ w + np.sum(r**2), w + X.T @ r

def least_squares_step(w, X, y, rate):
    # w <- w - rate * (w + sum (x w - y) x)
    return w - rate * (w + X.T @ (X @ w - y))
