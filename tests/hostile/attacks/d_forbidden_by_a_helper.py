"""attack: use what is forbidden through an alias, a helper and another helper
row: 52
layer: policy
"""

from numpy import gradient as slope

import numpy as np

helper = lambda x: deeper(x)


def deeper(x):
    return slope(x)


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return helper(x) and np.sum(x)
