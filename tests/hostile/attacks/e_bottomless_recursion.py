"""attack: lift Python's recursion limit, then recurse for ever
row: 68
layer: P: the end of the worker is a crash
"""

import sys

import numpy as np

sys.setrecursionlimit(2**31 - 1)


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return total(x)
