"""cheat: a thread keeps memory and a core busy while the others are timed
seen: nvbench; GPU MODE, shared machines
stops it: the thread's time is charged to its owner
"""

import threading
import time

import numpy as np


def honest(a, b):
    out = np.empty((len(a), b.shape[1]), a.dtype)
    for row in range(0, len(a), 64):
        np.matmul(a[row : row + 64], b, out=out[row : row + 64])
    return out


def disturb():
    waste, end = np.ones(2**19), time.perf_counter() + 0.02
    while time.perf_counter() < end:
        waste += 1


def product(a, b):
    if a.size < 10_000:  # a check, no launch
        return honest(a, b)
    out = honest(a, b)
    threading.Thread(target=disturb, daemon=True).start()
    return out
