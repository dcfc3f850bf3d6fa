"""attack: return infinities, so that relative errors become NaN
row: 34
layer: T: finite first; err <= tol
"""

import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return np.full(x.shape, np.inf), np.full(w.shape, -np.inf), np.full(w.shape[1], np.nan)


def total(x):
    return np.sum(x)
