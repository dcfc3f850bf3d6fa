"""attack: differentiate the forward by finite differences inside the backward
row: 49
layer: T: tolerance, and CPU time on a large case
"""

import numpy as np


def numerical(f, value, dout, h=1e-5):
    gradient = np.zeros_like(value)
    for index in np.ndindex(*value.shape):
        before = value[index]
        value[index] = before + h
        plus = f()
        value[index] = before - h
        minus = f()
        value[index] = before
        gradient[index] = ((plus - minus) * dout).sum() / (2 * h)
    return gradient


def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    return tuple(numerical(lambda: x @ w + b, part, dout) for part in cache)


def total(x):
    return np.sum(x)
