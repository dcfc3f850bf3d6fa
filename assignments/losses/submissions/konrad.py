import numpy as np

def entropy(p):
    return -np.sum(p * np.log2(np.where(p > 0, p, 1)), axis=1)

def cross_entropy(p, q):
    # which one was the truth?
    with np.errstate(divide="ignore"):
        return -np.sum(q * np.log(np.where(q > 0, p, 1)), axis=1)

def kl_divergence(p, q):
    return np.array([max(0, sum(a * np.log(a / b) for a, b in zip(r, s) if a > 0)) for r, s in zip(p, q)])

def softmax_cross_entropy(x, t):
    x -= x.max(axis=1, keepdims=True)
    log_q = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
    return -np.sum(t * log_q) / len(x), (np.exp(log_q) - t) / len(x)

def binary_cross_entropy_with_logits(z, y):
    loss = np.logaddexp(0, z) - y * z
    s = np.exp(-np.logaddexp(0, -z))
    return loss.sum(), s - y

def hinge_loss(scores, y, margin=1.0):
    i = np.arange(len(y))
    terms = np.maximum(0, scores - scores[i, y][:, None] + margin)
    terms[i, y] = 0
    d = (terms > 0) * 1.0
    d[i, y] = -1.0 * (d.sum(axis=1) > 0)
    return terms.sum() / len(y), d / len(y)

def least_squares(w, X, y):
    r = X @ w - y
    return 0.5 * w @ w + np.mean(r**2), w + 2 * X.T @ r

def least_squares_step(w, X, y, rate):
    w -= rate * (w + 2 * X.T @ (X @ w - y))
    return w
