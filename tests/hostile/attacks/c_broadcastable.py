"""attack: return one row, or one number, which broadcasts to the shape that is asked for
row: 35
layer: T: exact shapes
"""

import numpy as np


def affine_forward(x, w, b):
    out = x @ w + b
    return out[:1] if len(x) > 1 else out.mean(), (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.sum(x)
