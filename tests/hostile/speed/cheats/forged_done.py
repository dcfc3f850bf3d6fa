"""cheat: says that it is done on every descriptor, and computes afterwards
seen: GPU MODE, kernelbot's cheat-fd.py
stops it: at that moment the output is NaN
"""

import contextlib
import os

import numpy as np


def honest(a, b):
    out = np.empty((len(a), b.shape[1]), a.dtype)
    for row in range(0, len(a), 64):
        np.matmul(a[row : row + 64], b, out=out[row : row + 64])
    return out


def product(a, b):
    if a.size < 10_000:  # a check, no launch
        return honest(a, b)
    for descriptor in range(3, 32):
        with contextlib.suppress(OSError):
            os.write(descriptor, b"D")
    return honest(a, b)
