"""attack: take memory in small pieces until there is none
row: 61
layer: R: RLIMIT_AS
"""

import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    pieces = []
    while True:
        pieces.append(np.ones(2**17))
