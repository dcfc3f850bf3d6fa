"""cheat: slow at first, so that a difference or a slope between runs looks small
seen: found here: a slope of 18.9 ms became 5.6
stops it: no difference between launches counts, and no warm-up
"""

import time

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
    calls.append(1)
    end = time.process_time() + (0.02 if len(calls) < 4 else 0)
    while time.process_time() < end:
        pass
    return honest(a, b)
