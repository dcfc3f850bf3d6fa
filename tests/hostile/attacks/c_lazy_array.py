"""attack: return an object that turns into an array when it is looked at
row: 31
layer: W
"""

import numpy as np


class Lazy:
    dtype, shape, ndim = np.dtype(float), (), 0

    def __array__(self, *args, **options):
        raise SystemExit

    def __float__(self):
        raise SystemExit

    __index__ = __int__ = __len__ = __iter__ = __float__


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return Lazy()
