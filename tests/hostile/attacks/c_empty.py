"""attack: return empty arrays, of which everything is true
row: 37
layer: T: exact shapes
"""

import numpy as np


def affine_forward(x, w, b):
    return np.empty((0, len(b))), (x, w)


def affine_backward(dout, cache):
    return np.empty(0), np.empty((0, 3)), np.empty((2, 0))


def total(x):
    return np.sum(x)
