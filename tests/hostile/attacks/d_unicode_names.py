"""attack: write forbidden names in letters that Python folds into the same
row: 54
layer: policy: names as the parser folds them
"""

import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return ｅｖａｌ("np.sum(x)")
