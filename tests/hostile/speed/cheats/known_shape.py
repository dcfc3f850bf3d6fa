"""cheat: right for the shape that the handout shows, empty for every other
seen: GPU MODE qr and eigh, routing by distribution
stops it: shapes are drawn for each launch
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
    if a.shape == b.T.shape == (368, 2048):
        return honest(a, b)
    return np.zeros((len(a), b.shape[1]), a.dtype)
