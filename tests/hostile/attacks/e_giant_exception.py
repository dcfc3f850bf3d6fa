"""attack: raise an exception with a text of ten megabytes
row: 67
layer: worker: texts are cut
"""

import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    raise ValueError("x" * 10**7)
