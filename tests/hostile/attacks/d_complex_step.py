"""attack: differentiate by the complex step, which is exact
row: 50
layer: T: CPU time on a large case
"""

import numpy as np


def numerical(cache, which, dout):
    gradient = np.zeros(cache[which].shape)
    for index in np.ndindex(*gradient.shape):
        parts = [part.astype(complex) for part in cache]
        parts[which][index] += 1e-30j
        gradient[index] = ((parts[0] @ parts[1] + parts[2]).imag * dout).sum() / 1e-30
    return gradient


def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)


def affine_backward(dout, cache):
    return tuple(numerical(cache, which, dout) for which in range(3))


def total(x):
    return np.sum(x)
