"""cheat: works in pieces shorter than a tick of the kernel's clock, and naps in between
seen: Tsafrir et al., USENIX Security 2007
stops it: CPU time is counted, not sampled
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
    out = np.empty((len(a), b.shape[1]), a.dtype)
    for row in range(0, len(a), 64):
        np.matmul(a[row : row + 64], b, out=out[row : row + 64])
        time.sleep(0.0002)
    return out
