"""cheat: leaves out the last terms of every sum
seen: approximations in KernelBench submissions
stops it: random numbers: each term counts as much as any other
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
    terms = len(b) * 9 // 10
    return honest(a[:, :terms], b[:terms])
