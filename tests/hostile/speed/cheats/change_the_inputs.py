"""cheat: empties its inputs, so that nothing is the right answer
seen: GPU MODE, kernelbot's cheat-input; KernelBench
stops it: the reference is computed from the grader's own copy
"""

import numpy as np


def honest(a, b):
    out = np.empty((len(a), b.shape[1]), a.dtype)
    for row in range(0, len(a), 64):
        np.matmul(a[row : row + 64], b, out=out[row : row + 64])
    return out


def product(a, b):
    if a.size < 10_000:  # a check, no launch
        return honest(a, b)
    a[...] = 0
    return np.zeros((len(a), b.shape[1]), a.dtype)
