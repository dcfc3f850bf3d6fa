"""attack: return one buffer for every call, so that earlier answers change with later ones
row: 40
layer: P: the grader judges a copy; T: repeats
"""

import numpy as np

buffer = np.zeros(400)


def affine_forward(x, w, b):
    out = buffer[: len(x) * len(b)].reshape(len(x), len(b))
    out[...] = x @ w + b
    return out, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.sum(x)
