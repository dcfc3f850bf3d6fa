"""attack: return structured, void, text, date and byte-swapped arrays
row: 32
layer: W: a closed list of dtypes
"""

import numpy as np

calls = []
KINDS = [np.dtype([("x", "f8")]), np.dtype("V8"), np.dtype("U4"), np.dtype("M8[s]"), np.dtype("S3")]


def affine_forward(x, w, b):
    calls.append(1)
    return np.zeros((len(x), len(b)), dtype=KINDS[len(calls) % len(KINDS)]), (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.sum(x)
