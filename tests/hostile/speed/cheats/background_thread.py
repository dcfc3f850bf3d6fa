"""cheat: a thread fills the answer in after it was returned
seen: wafer; deep-reinforce
stops it: the output is taken before the clock is read
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
    out = np.zeros((len(a), b.shape[1]), a.dtype)
    threading.Thread(target=lambda: np.copyto(out, honest(a, b))).start()
    return out
