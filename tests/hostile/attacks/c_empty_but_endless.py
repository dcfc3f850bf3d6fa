"""attack: return an empty array whose other dimensions overflow
row: 38
layer: W: the product of a shape is bounded
"""

import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.empty((0, 2**30, 2**20))
