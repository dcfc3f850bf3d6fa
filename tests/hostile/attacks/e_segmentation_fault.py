"""attack: read address 0
row: 66
layer: P: the end of the worker is a crash; RLIMIT_CORE 0
"""

import ctypes

import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return ctypes.string_at(0)
