"""cheat: half of the rows on another core
seen: found here: 1.33 times by the wall clock
stops it: CPU time of all threads is charged
"""

import threading

import numpy as np


def honest(a, b):
    out = np.empty((len(a), b.shape[1]), a.dtype)
    for row in range(0, len(a), 64):
        np.matmul(a[row : row + 64], b, out=out[row : row + 64])
    return out


def product(a, b):
    if a.size < 10_000:  # a check, no launch
        return honest(a, b)
    out, half = np.empty((len(a), b.shape[1]), a.dtype), len(a) // 2

    def fill(rows):
        out[rows] = honest(a[rows], b)

    helper = threading.Thread(target=fill, args=(slice(0, half),))
    helper.start()
    fill(slice(half, None))
    helper.join()
    return out
