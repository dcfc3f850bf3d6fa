"""attack: return gradients of 1e300, so that a relative error loses its meaning
row: 45
layer: T: absolute and relative, to the expected scale
"""

import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return np.full(x.shape, 1e300), np.full(w.shape, -1e300), np.full(w.shape[1], 1e308)


def total(x):
    return np.sum(x)
