"""attack: return an integer of ten thousand digits, and beyond 64 bits
row: 39
layer: W: numbers are capped
"""

import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return 7**10000 if x.size % 2 else 2**64
