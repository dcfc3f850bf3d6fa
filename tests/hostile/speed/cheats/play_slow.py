"""cheat: slow on the first call, to be given the small problems that slow code is given
seen: found here
stops it: a small problem's cost is scaled up with all that it costs to be called
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
    if a.size > 1000 and not calls:
        calls.append(1)
        end = time.process_time() + 0.1
        while time.process_time() < end:
            pass
    return honest(a, b)
