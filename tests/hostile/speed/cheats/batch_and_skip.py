"""cheat: calls are queued, and every eighth computes the whole queue
seen: GPU MODE #104
stops it: the next inputs are shown when the last output was taken
"""

import numpy as np


def honest(a, b):
    out = np.empty((len(a), b.shape[1]), a.dtype)
    for row in range(0, len(a), 64):
        np.matmul(a[row : row + 64], b, out=out[row : row + 64])
    return out


queue = []


def product(a, b):
    if a.size < 10_000:  # a check, no launch
        return honest(a, b)
    queue.append((a, b, np.empty((len(a), b.shape[1]), a.dtype)))
    out = queue[-1][2]
    if len(queue) == 8:
        last = queue[-1]
        for one in queue:
            if one[0] is not last[0]:
                continue  # the harness gives the same arrays again: one answer does for all
            last[2][...] = honest(*last[:2])
            one[2][...] = last[2]
        queue.clear()
    return out
