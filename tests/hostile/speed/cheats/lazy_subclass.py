"""cheat: an array of a class of its own, empty until NumPy's functions compute with it
seen: GPU MODE eigh #161; wafer
stops it: bytes are judged, and a class has none
"""

import numpy as np


def honest(a, b):
    out = np.empty((len(a), b.shape[1]), a.dtype)
    for row in range(0, len(a), 64):
        np.matmul(a[row : row + 64], b, out=out[row : row + 64])
    return out


class Later(np.ndarray):
    def __array_function__(self, function, types, args, options):
        return function(*[one.compute() if isinstance(one, Later) else one for one in args], **options)

    def compute(self):
        return honest(*self.operands)


def product(a, b):
    if a.size < 10_000:  # a check, no launch
        return honest(a, b)
    out = np.empty((len(a), b.shape[1]), a.dtype).view(Later)
    out.operands = (a, b)
    return out
