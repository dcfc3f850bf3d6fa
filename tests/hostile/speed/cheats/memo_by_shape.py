"""cheat: the answer is kept by the shapes alone
seen: tensara #238
stops it: fresh numbers in each launch, each judged
"""

import numpy as np


def honest(a, b):
    out = np.empty((len(a), b.shape[1]), a.dtype)
    for row in range(0, len(a), 64):
        np.matmul(a[row : row + 64], b, out=out[row : row + 64])
    return out


answers = {}


def product(a, b):
    if a.size < 10_000:  # a check, no launch
        return honest(a, b)
    key = (a.shape, b.shape)
    if key not in answers:
        answers[key] = honest(a, b)
    return answers[key]
