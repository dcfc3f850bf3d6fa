"""attack: a linear forward that ignores w, and its right gradient
row: 44
layer: T: trivial pairs refused
"""

import numpy as np


def affine_forward(x, w, b):
    return x.sum(axis=1, keepdims=True) + b, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    return np.repeat(dout.sum(axis=1, keepdims=True), x.shape[1], axis=1), np.zeros_like(w), dout.sum(axis=0)


def total(x):
    return 0.0
