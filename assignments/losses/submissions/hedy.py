import numpy as np
from scipy.special import rel_entr

def entropy(p):
    return -np.log(p).mean(axis=1)

def cross_entropy(p, q):
    return kl_divergence(p, q) + entropy(p)

def kl_divergence(p, q):
    return rel_entr(p, q).sum(axis=1)

def softmax_cross_entropy(x, t):
    q = np.exp(x - x.max()) / np.exp(x - x.max()).sum()
    return -np.sum(t * np.log(q)) / len(x), (q - t) / len(x)

def hinge_loss(scores, y, margin=1.0):
    d = np.zeros_like(scores)
    loss = 0.0
    for i in range(scores.shape[1]):
        for j in range(scores.shape[1]):
            if j != y[i]:
                loss += max(0, scores[i, j] - scores[i, y[i]] + margin)
    return loss / len(y), d

def least_squares(w, X, y):
    return 0.5 * w @ w + np.sum((X @ w - y) ** 2), None

def least_squares_step(w, X, y, rate):
    return w - rate * w
