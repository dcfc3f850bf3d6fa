"""cheat: right while a warm-up is likely, empty ever after
seen: KernelGuard, branches on the evaluator's mode
stops it: warm-up and timed launches look alike, and each is judged
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
    calls.append(1)
    return honest(a, b) if len(calls) <= 3 else np.empty((len(a), b.shape[1]), a.dtype)
