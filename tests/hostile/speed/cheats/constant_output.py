"""cheat: the mean of every answer, which is zero
seen: METR; Sakana's AI CUDA Engineer; AMD 80686fb
stops it: numbers of unit variance, and an error relative to their size
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
    return np.zeros((len(a), b.shape[1]), a.dtype)
