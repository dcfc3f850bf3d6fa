"""cheat: the answer is kept by a look at the numbers
seen: GPU MODE eigh #160
stops it: no two launches are given the same numbers
"""

import numpy as np


def honest(a, b):
    out = np.empty((len(a), b.shape[1]), a.dtype)
    for row in range(0, len(a), 64):
        np.matmul(a[row : row + 64], b, out=out[row : row + 64])
    return out


answers = {}


def product(a, b):
    key = (a.shape, b.shape, a[0].tobytes(), b[:, 0].tobytes())
    if key not in answers:
        answers[key] = honest(a, b)
    return answers[key]
