"""cheat: computes in another process, whose time is not one's own
seen: found here: 60 times by one process's own account
stops it: no process can be started
"""

import mmap
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
    shared = mmap.mmap(-1, 4 * len(a) * b.shape[1])
    out = np.frombuffer(shared, np.float32).reshape(len(a), -1)
    try:
        child = os.fork()
    except OSError:
        return honest(a, b)
    if child == 0:
        out[...] = honest(a, b)
        os._exit(0)
    os.waitpid(child, 0)
    return out
