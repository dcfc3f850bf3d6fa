"""attack: a forward of 1e308 and its overflowing differences
row: 45
layer: T: absolute and relative, to the expected scale
"""

import numpy as np


def affine_forward(x, w, b):
    return (x @ w + b) * 1e308, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.sum(x)
