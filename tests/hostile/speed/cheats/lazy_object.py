"""cheat: an object that computes when it is looked at
seen: GPU MODE eigh #161
stops it: it is looked at before the clock is read
"""

import numpy as np


def honest(a, b):
    out = np.empty((len(a), b.shape[1]), a.dtype)
    for row in range(0, len(a), 64):
        np.matmul(a[row : row + 64], b, out=out[row : row + 64])
    return out


class Later:
    def __init__(self, a, b):
        self.operands, self.shape = (a, b), (len(a), b.shape[1])

    def __array__(self, dtype=None, copy=None):
        return honest(*self.operands)


def product(a, b):
    if a.size < 10_000:  # a check, no launch
        return honest(a, b)
    return Later(a, b)
