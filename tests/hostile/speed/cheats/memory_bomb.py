"""cheat: asks for more memory than there is
seen: any course
stops it: the limit of the address space
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
    hoard = [np.ones(2**34)]
    return honest(a, b) + len(hoard)
