"""attack: never come to an end while it is read
row: 59
layer: R: CPU time of a statement
"""

import numpy as np

while True:
    pass


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.sum(x)
