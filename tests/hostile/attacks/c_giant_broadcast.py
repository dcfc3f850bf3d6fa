"""attack: return an array of a terabyte that takes eight bytes
row: 38
layer: R: the copy that travels is the worker's
"""

import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.broadcast_to(1.0, (2**20, 2**17))
