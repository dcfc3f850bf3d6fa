"""attack: write into the arguments, so that the grader's own arrays change
row: 40
layer: P: the grader's arrays are elsewhere; T: purity
"""

import numpy as np


def affine_forward(x, w, b):
    out, cache = x @ w + b, (x.copy(), w.copy())
    x[...], w[...], b[...] = 0.0, 0.0, 0.0
    return out, cache


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.sum(x)
