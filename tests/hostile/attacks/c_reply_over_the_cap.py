"""attack: return more bytes than a reply may have
row: 38
layer: W: the cap comes before memory is taken
"""

import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.zeros(2**20)
