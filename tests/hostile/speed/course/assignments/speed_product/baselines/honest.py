"""Sixty-four rows at a time: what the cheats compute when they compute."""

import numpy as np


def product(a, b):
    out = np.empty((len(a), b.shape[1]), a.dtype)
    for row in range(0, len(a), 64):
        np.matmul(a[row : row + 64], b, out=out[row : row + 64])
    return out
