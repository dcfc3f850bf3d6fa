"""attack: replace the builtins that the worker itself uses
row: 18
layer: P + W
"""

import builtins

import numpy as np

builtins.isinstance = lambda *args: True
builtins.type = lambda *args: float
builtins.len = lambda value: 0


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.sum(x)
