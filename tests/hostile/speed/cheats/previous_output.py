"""cheat: after three calls whatever came out last comes out again
seen: Princeton's KernelBench notes; tensara #238
stops it: every launch is judged
"""

import numpy as np


def honest(a, b):
    out = np.empty((len(a), b.shape[1]), a.dtype)
    for row in range(0, len(a), 64):
        np.matmul(a[row : row + 64], b, out=out[row : row + 64])
    return out


calls = []


def product(a, b):
    if a.size < 10_000:  # a check, no launch
        return honest(a, b)
    if len(calls) < 3:
        calls.append(honest(a, b))
    return np.resize(calls[-1], (len(a), b.shape[1]))
