"""cheat: leaves an eighth of the rows to chance
seen: KernelBench's list of hacks
stops it: the whole output is judged
"""

import numpy as np


def honest(a, b):
    out = np.empty((len(a), b.shape[1]), a.dtype)
    for row in range(0, len(a), 64):
        np.matmul(a[row : row + 64], b, out=out[row : row + 64])
    return out


def product(a, b):
    if a.size < 10_000:  # a check, no launch
        return honest(a, b)
    rows = len(a) * 7 // 8
    out = np.zeros((len(a), b.shape[1]), a.dtype)
    out[:rows] = honest(a[:rows], b)
    return out
