"""attack: return a million small things
row: 39
layer: W: number and bytes are capped
"""

import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return [[0.5]] * 1_000_000
