"""attack: return NaN, for which no comparison is true
row: 34
layer: T: finite first; err <= tol
"""

import numpy as np


def affine_forward(x, w, b):
    return np.full((len(x), len(b)), np.nan), (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.sum(x)
