"""attack: a constant forward with the right shapes, and its right gradient
row: 44
layer: T: forward against an oracle; trivial pairs refused
"""

import numpy as np


def affine_forward(x, w, b):
    return np.ones((len(x), len(b))), (x, w, b)


def affine_backward(dout, cache):
    return tuple(np.zeros_like(part) for part in cache)


def total(x):
    return 0.0
