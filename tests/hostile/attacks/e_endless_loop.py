"""attack: never come to an end
row: 59
layer: D: CPU time from outside; R: RLIMIT_CPU
"""

import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    while True:
        pass
