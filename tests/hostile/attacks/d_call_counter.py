"""attack: be right on the first call and wrong on every other
row: 56
layer: T: several cases in one process
"""

import numpy as np

calls = []


def affine_forward(x, w, b):
    calls.append(1)
    return (x @ w + b) * (len(calls) == 1), (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.sum(x)
