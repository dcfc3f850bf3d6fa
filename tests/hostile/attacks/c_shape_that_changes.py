"""attack: return another shape at each call, so that the grader's own arithmetic fails
row: 46
layer: T: shapes of every call are judged
"""

import numpy as np

calls = []


def affine_forward(x, w, b):
    calls.append(1)
    return np.resize(x @ w + b, (len(calls) % 5 + 1, len(calls) % 3 + 1)), (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.sum(x)
