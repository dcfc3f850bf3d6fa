"""attack: return lists nested a hundred thousand deep, and one that holds itself
row: 39
layer: W: depth is capped
"""

import numpy as np

calls = []


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    value = []
    value.append(value)
    for _ in range(100_000):
        value = [value]
    return value
