"""attack: raise on the first call and answer rightly on every other
row: 46
layer: T: the first verdict stands, whatever a second look says
"""

import numpy as np

calls = []


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    calls.append(1)
    if len(calls) == 1:
        raise ValueError("not yet")
    return np.sum(x)
