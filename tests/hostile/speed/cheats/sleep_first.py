"""cheat: rests before it computes, for a cooler core and a fresh time slice
seen: nvbench, clocks and throttling
stops it: CPU time in one run with everybody else
"""

import time

import numpy as np


def honest(a, b):
    out = np.empty((len(a), b.shape[1]), a.dtype)
    for row in range(0, len(a), 64):
        np.matmul(a[row : row + 64], b, out=out[row : row + 64])
    return out


def product(a, b):
    if a.size < 10_000:  # a check, no launch
        return honest(a, b)
    time.sleep(0.003)
    return honest(a, b)
