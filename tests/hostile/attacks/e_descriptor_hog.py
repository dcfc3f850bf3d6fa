"""attack: open files until there are none left
row: 64
layer: R: RLIMIT_NOFILE
"""

import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    hoard = [open("/dev/null") for _ in range(100_000)]
    return float(len(hoard))
