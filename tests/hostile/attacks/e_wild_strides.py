"""attack: read and write foreign memory with as_strided
row: 66
layer: P: it is the worker's own memory
"""

import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    wild = np.lib.stride_tricks.as_strided(x, (2**40,), (2**12,))
    wild[:: 2**16] = 1.0
    return 0.0
