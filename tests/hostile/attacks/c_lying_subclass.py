"""attack: return an ndarray subclass that is equal to everything, to NumPy's functions too
row: 30
layer: W: only base arrays travel
"""

import numpy as np


class Liar(np.ndarray):
    def __eq__(self, other):
        return np.True_

    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__
    __hash__ = None

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        return np.True_

    def __array_function__(self, function, types, args, options):
        return np.True_

    def __sub__(self, other):
        return 0.0

    __rsub__ = __abs__ = __sub__


def affine_forward(x, w, b):
    return np.zeros((len(x), len(b))).view(Liar), (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.sum(x)
